"""Inputs and outputs at addresses: in memory, over HTTP from this machine, in a real S3 server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from quality import remote
from quality.cli import quality as root
from quality.corpus import Article

pytestmark = pytest.mark.tools
fsspec = pytest.importorskip("fsspec")

ROOT = Path(__file__).parent.parent
BAD = '{"id": "bad", "text": '


def run(*args: str) -> Result:
    return CliRunner().invoke(root, ["batch", *args], catch_exceptions=False)


@pytest.fixture
def place(written: list[Article], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Articles as JSON lines and as Parquet, a file with a bad line, and what a batch of each gives here."""
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    rows = [{"id": one.id, "text": one.text} for one in written[:40]]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "a.jsonl").write_text(lines, encoding="utf-8")
    (folder / "b.jsonl").write_text(f"{lines[: lines.index(chr(10)) + 1]}{BAD}\n", encoding="utf-8")
    (folder / "article.txt").write_text(written[0].text, encoding="utf-8")
    pq.write_table(pa.Table.from_pylist(rows), folder / "c.parquet")
    return folder


def local(place: Path, *names: str) -> bytes:
    """What a batch of local files gives."""
    out = place.parent / "local.jsonl"
    assert run(*(str(place / name) for name in names), "-o", str(out), "--quiet").exit_code in (0, 1)
    return out.read_bytes()


@pytest.fixture
def memory(place: Path) -> Iterator[Any]:
    """The files, in fsspec's memory."""
    store = fsspec.filesystem("memory")
    store.put(str(place), "/news", recursive=True)
    yield store
    store.rm("/", recursive=True)


def test_in_and_out_of_memory(memory: Any, place: Path) -> None:
    done = run("memory://news/a.jsonl", "-o", "memory://out/scored.jsonl")
    assert (done.exit_code, done.output.count("\n")) == (0, 1)
    assert memory.cat("/out/scored.jsonl") == local(place, "a.jsonl")
    assert memory.ls("/out", detail=False) == ["/out/scored.jsonl"]
    assert list((place.parent / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("memory://news", ["a.jsonl", "article.txt", "b.jsonl", "c.parquet"]),
        ("memory://news/*.jsonl", ["a.jsonl", "b.jsonl"]),
        ("memory://news/c.parquet", ["c.parquet"]),
    ],
)
def test_folders_and_patterns(name: str, files: list[str], memory: Any) -> None:
    del memory
    assert [one.name for one in remote.find(name)] == [f"memory:///news/{file}" for file in files]


def test_rejects_are_brought_along_and_taken_away(memory: Any, place: Path) -> None:
    out = "memory://out/scored.csv.gz"
    assert run("memory://news/b.jsonl", "-o", out).exit_code == 1
    (reject,) = memory.cat("/out/scored.csv.gz.rejects.jsonl").splitlines()
    assert json.loads(reject)["place"] == "line 2"
    assert run("memory://news/a.jsonl", "-o", out).exit_code == 0
    assert memory.ls("/out", detail=False) == ["/out/scored.csv.gz"]
    named = place.parent / "rejects.jsonl"
    assert run("memory://news/b.jsonl", "-o", out, "--rejects", str(named)).exit_code == 1
    assert named.read_bytes().count(b"\n") == 1


def test_an_output_in_the_folder_that_is_read(memory: Any) -> None:
    for _ in range(2):
        assert run("memory://news/*.jsonl", "-o", "memory:///news/out.jsonl", "--quiet").exit_code == 1
    assert memory.cat("/news/out.jsonl").count(b"\n") == 41
    done = run("memory:///news/out.jsonl", "-o", "memory:///news/out.jsonl")
    assert (done.exit_code, "is an input and written to at once" in done.output) == (2, True)


def test_a_local_output_of_remote_inputs_is_resumed(memory: Any, place: Path) -> None:
    out = str(place.parent / "out.jsonl")
    assert run("memory://news/a.jsonl", "-o", out, "--resume").exit_code == 0
    assert "is whole already" in run("memory://news/a.jsonl", "-o", out, "--resume").output
    memory.pipe("/news/a.jsonl", memory.cat("/news/a.jsonl")[:-1] + b" ")
    done = run("memory://news/a.jsonl", "-o", out, "--resume")
    assert (done.exit_code, "was written to since" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-o", "memory://out/a.jsonl", "--resume"], "cannot be resumed; write to a file, or leave out --resume"),
        (["-o", "http://127.0.0.1:1/a.jsonl"], "nothing can be written to http://"),
        (["-o", "nonsense://a.jsonl"], "nonsense://a.jsonl: Protocol not known: nonsense"),
        (["nonsense://a.jsonl", "-o", "-"], "nonsense://a.jsonl: Protocol not known: nonsense"),
        (["memory://news/none.jsonl", "-o", "-"], "memory://news/none.jsonl: no such file or directory"),
        (["memory://news/none*", "-o", "-"], "memory://news/none*: no file matches this pattern"),
        (["http://127.0.0.1:1/a.jsonl", "-o", "-"], "http://127.0.0.1:1/a.jsonl: "),
    ],
)
def test_what_cannot_be(args: list[str], said: str, memory: Any) -> None:
    del memory
    done = run("memory://news/a.jsonl", *args)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_store_that_fails_at_the_end_loses_nothing(memory: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **more: object) -> None:
        raise RuntimeError("the bucket is full")

    monkeypatch.setattr(type(memory), "put_file", fail)
    done = run("memory://news/a.jsonl", "-o", "memory://out/a.jsonl", "--quiet")
    assert done.exit_code == 2
    said, _, kept = done.output.strip().rpartition("; the whole output is ")
    assert said.endswith("memory://out/a.jsonl: cannot be written (RuntimeError: the bucket is full)")
    assert Path(kept).read_bytes() == local(place, "a.jsonl")


class Web(SimpleHTTPRequestHandler):
    """A web server, which sends files only from their beginning, as Python's does."""

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def web(place: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Web, directory=str(place))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.mark.parametrize("name", ["a.jsonl", "c.parquet", "article.txt"])
def test_over_http(name: str, web: str, place: Path) -> None:
    done = run(f"{web}/{name}", "-o", str(place.parent / "out.jsonl"), "--quiet")
    assert done.exit_code == 0, done.output

    def scores(data: bytes) -> list[Any]:
        return [json.loads(line)["quality"] for line in data.splitlines()]

    assert scores((place.parent / "out.jsonl").read_bytes()) == scores(local(place, name))


def test_more_than_is_held_over_http(web: str, place: Path) -> None:
    """Read as it comes, and forward only; the position tells how far."""
    content = os.urandom(1 << 10) * (12 << 10)
    (place / "large").write_bytes(content)
    with remote.opened(f"{web}/large") as file:
        assert not file.seekable()
        assert b"".join(iter(lambda: file.read(1 << 18), b"")) == content
        assert file.tell() == len(content)


def test_s3(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a bucket into a bucket, by a process of its own and by several, as on a command line."""
    server = pytest.importorskip("moto.server")
    s3fs = pytest.importorskip("s3fs")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    http = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    http.start()
    try:
        host, port = http.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        store = s3fs.S3FileSystem(endpoint_url=endpoint, skip_instance_cache=True)
        store.mkdir("news")
        store.put(str(place / "a.jsonl"), "news/in/a.jsonl")
        environment = os.environ | {"PYTHONPATH": str(ROOT), "FSSPEC_S3_ENDPOINT_URL": endpoint}
        command = [sys.executable, "-m", "quality", "batch", "s3://news/in/", "-o", "s3://news/out/a.jsonl", "--quiet"]
        for jobs in ("1", "2"):
            done = subprocess.run(
                [*command, "--jobs", jobs], env=environment, capture_output=True, text=True, timeout=100, check=False
            )
            assert (done.returncode, done.stderr) == (0, "")
            assert store.cat("news/out/a.jsonl") == local(place, "a.jsonl")
            assert store.ls("news/out", detail=False, refresh=True) == ["news/out/a.jsonl"]
            store.rm("news/out/a.jsonl")
    finally:
        http.stop()


def test_without_fsspec(tmp_path: Path) -> None:
    (tmp_path / "fsspec.py").write_text("raise ImportError", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "quality", "batch", "s3://news/a.jsonl", "-o", "-"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "quality: s3://news/a.jsonl: addresses need fsspec: pip install 'quality[fsspec]'\n"
