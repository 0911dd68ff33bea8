"""Batches: the cases of ``cases/batch.json``, resuming after real kills, and the same bytes however work is divided."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import quality
from quality.batch import WorkerError, header, results
from quality.chunks import BEGINNING, CHUNK, Chunk, Cutter, Lines, Position, Records
from quality.cli import quality as root
from quality.cli.batch import batch
from quality.document import Document
from quality.inputs import expand
from quality.lines import blocks
from quality.readers import Reject
from quality.work import Task, Worker
from quality.writers.forms import FORMS, SQUEEZES, Kind

HERE = Path(__file__).parent
ARTICLES = HERE.parent / "corpus" / "articles"
CASES: list[dict[str, Any]] = json.loads((HERE / "cases" / "batch.json").read_text(encoding="utf-8"))
TEXTS = [path.read_text(encoding="utf-8").split("---\n", 2)[2].strip() for path in sorted(ARTICLES.glob("*/*.md"))]


def text(value: Any) -> Any:
    """A text of a case: itself, an article of the corpus, or so many letters."""
    if not isinstance(value, dict):
        return value
    if "size" in value:
        return "a" * int(value["size"])
    return (ARTICLES / f"{value['article']}.md").read_text(encoding="utf-8").split("---\n", 2)[2].strip()


def content(source: Any) -> bytes:
    """Bytes of an input of a case: text, hex, or lines that are records or raw."""
    if isinstance(source, list):
        return "".join((line if isinstance(line, str) else record(line)) + "\n" for line in source).encode()
    return bytes.fromhex(source["hex"]) if isinstance(source, dict) else str(source).encode()


def record(fields: dict[str, Any]) -> str:
    return json.dumps({name: text(value) if name == "text" else value for name, value in fields.items()})


def call(*args: str, stdin: bytes = b"") -> Result:
    """Run ``quality batch`` in this process."""
    return CliRunner().invoke(root, ["batch", *args], input=stdin, catch_exceptions=False)


def command(*args: str, chunk: int = CHUNK) -> list[str]:
    """``quality batch`` in a process of its own, with chunks of another size."""
    code = f"from quality.cli import batch, main\nbatch.size_of_chunks = lambda explained: {chunk}; main()"
    return [sys.executable, "-c", code, "batch", *args]


ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(str(quality.__file__)).parent.parent), "PYTHONUTF8": "1"}


def run(*args: str, chunk: int) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(*args, chunk=chunk), env=ENVIRONMENT, capture_output=True, check=False)


def read_lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lay_out(files: dict[str, Any]) -> None:
    for name, source in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content(source))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.usefixtures("folder")
def test_case(case: dict[str, Any]) -> None:
    lay_out(case.get("files", {}))
    done = call(*case["args"], stdin=content(case.get("stdin", "")))
    assert done.exit_code == case.get("exit", 0), done.stderr
    assert [part for part in case["stderr"] if part not in done.stderr] == []
    to_file = case["args"][case["args"].index("-o") + 1] != "-"
    if "ids" in case:
        records = read_lines(Path("out.jsonl").read_bytes() if to_file else done.stdout_bytes)
        assert [one["id"] for one in records] == case["ids"]
        assert [one["quality"]["verdict"] for one in records] == case.get(
            "verdicts", [one["quality"]["verdict"] for one in records]
        )
    assert done.stdout_bytes == b"" if to_file else True
    path = Path(case.get("rejects_file", "out.jsonl.rejects.jsonl"))
    rejects = read_lines(path.read_bytes()) if path.exists() else []
    assert [[one["source"], one["place"], one["id"]] for one in rejects] == case.get("rejects", [])
    assert all(one["reason"] for one in rejects)
    assert list(Path().glob("**/*.part")) == []


def numbered(texts: list[str]) -> bytes:
    return b"".join(json.dumps({"id": number, "text": one}).encode() + b"\n" for number, one in enumerate(texts))


def test_scores_are_those_of_one_at_a_time(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS))
    assert call("a.jsonl", "-o", "out.jsonl", "--jobs", "1").exit_code == 0
    records = read_lines((folder / "out.jsonl").read_bytes())
    scorer = quality.load()
    for number in range(0, len(TEXTS), 17):
        alone, batched = scorer.score(TEXTS[number], evidence=0), records[number]["quality"]
        assert batched["score"] == pytest.approx(alone.score, abs=1e-9)
        assert batched["axes"] == pytest.approx(alone.axes, abs=1e-9)
        assert batched["words"] == alone.words
        assert batched["evidence"] == []


def test_the_line_is_used_again_as_it_came(folder: Path) -> None:
    line = '{"n":1.50, "é" : "\\u00e9", "text":"Few words.","big":123456789012345678901}'
    (folder / "a.jsonl").write_text(line + " \r\n", encoding="utf-8")
    call("a.jsonl", "-o", "out.jsonl")
    assert (folder / "out.jsonl").read_text(encoding="utf-8").startswith(line[:-1] + ',"quality":{')


# However the work is divided


BAD = [b"nonsense", b"", b"[]", b'{"id": "x"}']
LINES = st.lists(st.integers(0, 11), max_size=24)


@pytest.fixture(scope="module")
def worker() -> Worker:
    return Worker(Task(Kind(".jsonl")))


def input_of(numbers: list[int], ended: bool) -> bytes:
    lines = [BAD[one] if one < 4 else numbered([TEXTS[one]]).strip() for one in numbers]
    return b"\n".join(lines) + (b"\n" if ended else b"")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=LINES, ended=st.booleans(), size=st.integers(1, 9000), stop=st.integers(0, 30), packed=st.booleans(),
       limit=st.none() | st.integers(0, 20))  # fmt: skip
def test_any_chunks_from_any_place_give_the_same(  # noqa: PLR0913, PLR0917 - drawn by hypothesis
    worker: Worker,
    tmp_path: Path,
    numbers: list[int],
    ended: bool,
    size: int,
    stop: int,
    packed: bool,
    limit: int | None,
) -> None:
    path = tmp_path / ("a.jsonl.gz" if packed else "a.jsonl")
    data = input_of(numbers, ended)
    path.write_bytes(gzip.compress(data) if packed else data)

    def results(size: int, start: Position = BEGINNING) -> list[tuple[Position, bytes, bytes]]:
        cutter = Cutter(expand([str(path)]), worker.task.reading, "jsonl", limit, size)
        return [(one.after, *worker(one.pieces)[:2]) for one in cutter.chunks(start)]

    def joined(parts: list[tuple[Position, bytes, bytes]]) -> tuple[bytes, bytes]:
        return b"".join(part[1] for part in parts), b"".join(part[2] for part in parts)

    small = results(size)
    assert joined(small) == joined(results(CHUNK))
    assert sum(part.count(b"\n") for _, *both in small for part in both) == min(
        sum(one != 1 for one in numbers), len(numbers) if limit is None else limit
    )
    if small:
        stop %= len(small)
        assert small[: stop + 1] + results(size, small[stop][0]) == small


@given(data=st.binary(max_size=200).map(lambda data: data.replace(b"\x00", b"\n")), size=st.integers(1, 50))
def test_blocks_are_all_of_the_stream(data: bytes, size: int) -> None:
    parts = list(blocks(io.BytesIO(data), size, 1000))
    assert b"".join(part for _, part in parts) == data
    assert all(part.endswith(b"\n") for _, part in parts[:-1])
    assert sum(length for length, _ in parts) == len(data)


@given(before=st.integers(0, 30), line=st.integers(21, 300), size=st.integers(1, 50))
def test_a_long_line_is_never_held(before: int, line: int, size: int) -> None:
    data = b"b" * before + b"\n" + b"a" * line + b"\n{}\n"
    parts = list(blocks(io.BytesIO(data), size, 20))
    assert sum(length for length, _ in parts) == len(data)
    assert max(len(part) for _, part in parts) <= max(22, size + 1)


def test_two_jobs_give_the_same_bytes(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS) + b"nonsense\n")
    for jobs in ("1", "2"):
        args = ["a.jsonl", "-o", f"{jobs}.jsonl", "--jobs", jobs]
        done = run(*args, chunk=50_000)
        assert done.returncode == 1, done.stderr
    assert (folder / "1.jsonl").read_bytes() == (folder / "2.jsonl").read_bytes()
    assert (folder / "1.jsonl.rejects.jsonl").read_bytes() == (folder / "2.jsonl.rejects.jsonl").read_bytes()


# Going on after any end


def run_and_kill(args: list[str], journal: Path, dice: random.Random, chunk: int) -> bool:
    """Go on with a batch and kill it at a random moment; whether it was still running."""
    before = journal.stat().st_size if journal.exists() else 0
    process = subprocess.Popen(command(*args, chunk=chunk), env=ENVIRONMENT, stderr=subprocess.PIPE)
    commits = dice.randrange(0, 6)
    while process.poll() is None and (journal.stat().st_size if journal.exists() else 0) < before + 70 * commits:
        time.sleep(0.002)
    time.sleep(dice.random() * (0.03 if commits else 0.6))
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("name", "jobs", "kills"),
    [("out.jsonl", 1, 10), ("out.jsonl.gz", 1, 7), ("out.csv", 1, 5), ("out.parquet", 1, 5), ("out.jsonl.zst", 2, 5)],
)
def test_killed_at_random_moments(name: str, jobs: int, kills: int, folder: Path) -> None:
    dice = random.Random(name)
    bad = b'{"id": 0}\nnonsense\n'
    for part in range(2):
        (folder / f"{part}.jsonl").write_bytes((numbered(TEXTS[part::2]) + bad) * 3)
    (folder / "z.jsonl.gz").write_bytes(gzip.compress(numbered(TEXTS[:50])))
    (folder / "c.md").write_text("# Few\n\nwords.", encoding="utf-8")
    args = ["0.jsonl", "c.md", "none.md", "z.jsonl.gz", "1.jsonl", "--jobs", str(jobs)]
    whole = (
        subprocess.run(
            command(*args, "-o", f"w/{name}", chunk=15_000), env=ENVIRONMENT, capture_output=True, check=False
        )
        if (folder / "w").mkdir() is None
        else None
    )
    assert whole is not None
    assert whole.returncode == 2, whole.stderr
    done = 0
    while done < kills:
        done += run_and_kill([*args, "-o", name, "--resume"], folder / f"{name}.journal", dice, 15_000)
        if (folder / name).exists():
            for old in (*folder.glob(f"{name}*"), folder / f".{name}.journal"):
                old.unlink()
    last = subprocess.run(
        command(*args, "-o", name, "--resume", chunk=15_000), env=ENVIRONMENT, capture_output=True, check=False
    )
    assert last.returncode == 2, last.stderr
    assert (folder / name).read_bytes() == (folder / "w" / name).read_bytes()
    rejects = f"{name}.rejects.jsonl"
    assert (folder / rejects).read_bytes() == (folder / "w" / rejects).read_bytes()
    assert summary(last.stderr) == summary(whole.stderr)
    assert sorted(path.name for path in folder.iterdir() if name in path.name) == [f".{name}.journal", name, rejects]


def summary(stderr: bytes) -> str:
    return stderr.decode().splitlines()[-1].partition(";")[0]


def test_kills_are_at_least_thirty() -> None:
    [mark] = [mark for mark in test_killed_at_random_moments.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    assert sum(case[2] for case in mark.args[1]) >= 30


def begun(folder: Path, *args: str) -> None:
    """A batch that was killed after it wrote something."""
    (folder / "a.jsonl").write_bytes(numbered(TEXTS))
    journal = folder / "out.jsonl.journal"
    with subprocess.Popen(
        command("a.jsonl", "-o", "out.jsonl", "--jobs", "1", *args, chunk=10_000),
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
    ) as process:
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > 1000):
            time.sleep(0.002)
        process.kill()
    assert (folder / "out.jsonl.part").exists()


def change_text(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS[1:]))


def touch(folder: Path) -> None:
    os.utime(folder / "a.jsonl", (1, 1))


def no_change(folder: Path) -> None:
    del folder


@pytest.mark.parametrize(
    ("change", "args", "why"),
    [
        (change_text, [], "a.jsonl had"),
        (touch, [], "a.jsonl was written to since"),
        (no_change, ["--explain"], "the option --explain was not given and is true"),
        (no_change, ["--threshold", "0.5"], "the option --threshold was not given and is 0.5"),
        (no_change, ["b.jsonl"], "there were 1 inputs and are 2"),
        (no_change, ["--model", "other"], "the model was en-"),
    ],
)
def test_what_changed_is_not_gone_on_with(
    change: Callable[[Path], None], args: list[str], why: str, folder: Path
) -> None:
    begun(folder)
    (folder / "b.jsonl").write_bytes(numbered(TEXTS[:1]))
    other_model(folder / "other")
    change(folder)
    before = (folder / "out.jsonl.part").read_bytes()
    done = call("a.jsonl", "-o", "out.jsonl", "--resume", *args)
    assert done.exit_code == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
    assert (folder / "out.jsonl.part").read_bytes() == before
    assert call("a.jsonl", "-o", "out.jsonl", *args).exit_code == 0, "without --resume it is replaced"
    assert not (folder / "out.jsonl.part").exists()


def other_model(folder: Path) -> None:
    from quality import store

    model = store.load()
    store.save(replace(model, meta=dict(model.meta) | {"name": "other"}), folder)


@pytest.mark.usefixtures("folder")
def test_a_whole_output_is_left_alone() -> None:
    lay_out({"a.jsonl": [{"id": 1, "text": "Few words."}, "nonsense"]})
    assert call("a.jsonl", "-o", "out.jsonl", "--resume").exit_code == 1, "with nothing to resume it starts afresh"
    names = sorted(path.name for path in Path().iterdir())
    before = {name: (Path(name).stat().st_mtime_ns, Path(name).read_bytes()) for name in names}
    done = call("a.jsonl", "-o", "out.jsonl", "--resume")
    assert (done.exit_code, done.stderr) == (0, "quality: out.jsonl is whole already\n")
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in Path().iterdir()} == before


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("damage", ["out", "journal", "garbage"])
def test_a_whole_output_that_is_not_ours_is_not_replaced(damage: str) -> None:
    lay_out({"a.jsonl": [{"id": 1, "text": "Few words."}]})
    call("a.jsonl", "-o", "out.jsonl")
    if damage == "out":
        Path("out.jsonl").write_bytes(b"changed")
    elif damage == "journal":
        Path(".out.jsonl.journal").unlink()
    else:
        Path(".out.jsonl.journal").write_bytes(b"garbage\n")
    before = Path("out.jsonl").read_bytes()
    done = call("a.jsonl", "-o", "out.jsonl", "--resume")
    assert done.exit_code == 2
    assert "without --resume" in done.stderr
    assert Path("out.jsonl").read_bytes() == before


HEADER = '{"format":1,"model":"m","options":{},"inputs":[]}\n'


@pytest.mark.parametrize(
    "journal",
    [
        "[]\n", "1\n", "nonsense\n", '"format"\n', "[" * 100_000 + "\n", '{"format":1}\n', HEADER + "{}\n",
        HEADER + "[]\n",
        '{"format":1,"model":"m","options":{},"inputs":[["a.jsonl"]]}\n', HEADER.replace('"m"', "null"),
        HEADER + '{"at":[0,0,0,0],"output":0}\n', HEADER + '{"whole":[1]}\n', HEADER + '{"whole":[1,"2"]}\n',
        HEADER + '{"at":[0,-1,0,0],"output":0,"rejects":0,"tally":[]}\n',
        HEADER + '{"at":[0,0,0,0,0],"output":0,"rejects":0,"tally":[]}\n',
        HEADER + '{"at":[0,0,0,0],"output":1e9,"rejects":0,"tally":[]}\n',
    ],
    ids=range(16),
)  # fmt: skip
def test_a_damaged_journal_is_told(journal: str, folder: Path) -> None:
    lay_out({"a.jsonl": [{"id": 1, "text": "Few words."}], "out.jsonl.part": "here", "out.jsonl.journal": journal})
    done = call("a.jsonl", "-o", "out.jsonl", "--resume")
    assert (done.exit_code, done.stderr) == (
        2, "quality: out.jsonl.journal: is damaged; run it without --resume to start afresh\n",
    )  # fmt: skip
    assert (folder / "out.jsonl.part").read_bytes() == b"here"


@pytest.mark.usefixtures("folder")
def test_stale_rejects_go() -> None:
    lay_out({"a.jsonl": [{"id": 1, "text": "Few words."}], "out.jsonl.rejects.jsonl": "old"})
    call("a.jsonl", "-o", "out.jsonl")
    assert not Path("out.jsonl.rejects.jsonl").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_signals_end_it_promptly_and_it_goes_on(number: int, code: int, jobs: str, folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS) * 100)
    journal = folder / "out.jsonl.journal"
    args = ["a.jsonl", "-o", "out.jsonl", "--jobs", jobs]
    with subprocess.Popen(
        command(*args, chunk=10_000), env=ENVIRONMENT, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > 1000):
            time.sleep(0.002)
        os.killpg(process.pid, number)
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == code
    assert stderr.decode() == "quality: interrupted; --resume goes on from what was written\n"
    assert not (folder / "out.jsonl").exists()
    assert (folder / "out.jsonl.part").stat().st_size > 0


# When the world fails


def limited_to(size: int) -> Callable[[], None]:
    """What makes files larger than this impossible, as on a full disk."""

    def limit() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_no_room_for_the_output(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS))
    args = command("a.jsonl", "-o", "out.jsonl", "--jobs", "1", chunk=20_000)
    done = subprocess.run(args, env=ENVIRONMENT, capture_output=True, preexec_fn=limited_to(300_000), check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "quality: out.jsonl: cannot be written: file too large; --resume goes on from what was written\n"
    )
    again = subprocess.run([*args, "--resume"], env=ENVIRONMENT, capture_output=True, check=False)
    assert again.returncode == 0, again.stderr
    assert [one["id"] for one in read_lines((folder / "out.jsonl").read_bytes())] == list(range(len(TEXTS)))


def test_two_batches_do_not_write_one_output(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS[:20]))
    os.mkfifo(folder / "slow.jsonl")
    first = command("a.jsonl", "slow.jsonl", "-o", "out.jsonl", "--jobs", "1", "--input-format", "jsonl")
    for end in ("killed", "fed"):
        with subprocess.Popen(first, env=ENVIRONMENT, stderr=subprocess.PIPE) as process:
            with (folder / "slow.jsonl").open("wb") as slow:  # opens when the other end is read from
                for option in ([], ["--resume"]):
                    second = call("a.jsonl", "-o", "out.jsonl", *option)
                    assert second.exit_code == 2
                    assert second.stderr.startswith("quality: out.jsonl: another run is writing it; ")
                    assert second.stderr.count("\n") == 1
                if end == "killed":
                    process.kill()
                else:
                    slow.write(numbered(TEXTS[20:30]))
            process.communicate()
    assert process.returncode == 0
    assert [one["id"] for one in read_lines((folder / "out.jsonl").read_bytes())] == [*range(20), *range(10)]
    assert not (folder / "out.jsonl.lock").exists()


def test_an_input_that_vanishes(folder: Path) -> None:
    (folder / "z.jsonl").write_bytes(numbered(TEXTS[:2]))
    os.mkfifo(folder / "slow.jsonl")
    args = command("slow.jsonl", "z.jsonl", "-o", "out.jsonl", "--jobs", "1", "--input-format", "jsonl")
    with subprocess.Popen(args, env=ENVIRONMENT, stderr=subprocess.PIPE) as process:
        with (folder / "slow.jsonl").open("wb") as slow:
            (folder / "z.jsonl").unlink()
            slow.write(numbered(TEXTS[:3]))
        _, stderr = process.communicate()
    assert process.returncode == 2
    assert stderr.splitlines()[0] == b"quality: z.jsonl: no such file or directory"
    assert len(read_lines((folder / "out.jsonl").read_bytes())) == 3


@pytest.mark.parametrize("name", ["none/out.jsonl", "/proc/out.jsonl", "folder/out.jsonl"])
def test_an_output_that_cannot_be_made(name: str, folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS[:1]))
    (folder / "folder").write_bytes(b"a file")
    done = call("a.jsonl", "-o", name)
    assert done.exit_code == 2
    assert re.fullmatch(f"quality: {name}: cannot be written: [a-z ]+\n", done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is there on Linux only")
def test_a_full_disk_behind_standard_output(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS[:5]))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("a.jsonl", "-o", "-"), env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"quality: -: cannot be written: no space left on device\n")


def test_a_closed_pipe_is_met_in_silence(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS))
    with subprocess.Popen(
        command("a.jsonl", "-o", "-", "--jobs", "1"), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the super-user may read everything")
def test_a_directory_that_cannot_be_read(folder: Path) -> None:
    (folder / "d" / "closed").mkdir(parents=True)
    (folder / "d" / "a.txt").write_text("Few words.", encoding="utf-8")
    (folder / "d" / "closed").chmod(0)
    done = call("d", "-o", "out.jsonl")
    assert done.exit_code == 2
    assert "quality: d/closed: permission denied\n" in done.stderr
    assert len(read_lines((folder / "out.jsonl").read_bytes())) == 1


def test_a_worker_that_dies(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(TEXTS))
    code = (
        "import multiprocessing, os; from quality.cli import batch, main\n"
        "batch.size_of_chunks = lambda explained: 20_000\n"
        "seen = batch.Progress.__call__\n"
        "def die(self, tally, *args):\n"
        "    seen(self, tally, *args)\n"
        "    for child in multiprocessing.active_children(): os.kill(child.pid, 9)\n"
        "batch.Progress.__call__ = die; main()"
    )
    args = [sys.executable, "-c", code, "batch", "a.jsonl", "-o", "out.jsonl", "--jobs", "2"]
    done = subprocess.run(args, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == 2
    assert "a.jsonl: a worker process died near here" in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert read_lines((folder / "out.jsonl.part").read_bytes())[0]["id"] == 0


def test_a_document_that_breaks_the_scorer_is_a_reject(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    real = quality.scorer.Scorer.score_many

    def breaking(self: Any, texts: Any, *args: Any, **options: Any) -> Any:
        texts = list(texts)
        if any(one.id == "1" for one in texts):
            raise ValueError("odd")
        return real(self, texts, *args, **options)

    monkeypatch.setattr(quality.scorer.Scorer, "score_many", breaking)
    result = worker([Lines("a.jsonl", numbered(TEXTS[:3]), 1)])
    assert [one["id"] for one in read_lines(result.output)] == [0, 2]
    assert read_lines(result.rejects)[0] == {
        "source": "a.jsonl", "place": "", "id": "1", "reason": "could not be scored (ValueError: odd)"
    }  # fmt: skip


def test_a_batch_is_known_by_all_that_shapes_it(worker: Worker, folder: Path) -> None:
    lay_out({"a.jsonl": [], "scored.jsonl": []})
    task = replace(worker.task, skip="scored.jsonl", only=("ok", "farm"))
    cutter = Cutter(expand(["a.jsonl"]), task.reading, "jsonl", 9)
    told = header(Worker(task), cutter, "bad.jsonl")
    unseen = {"--output", "--jobs", "--resume", "--quiet", "--model"}
    assert set(told) == {"model", "options", "inputs"}
    assert set(told["options"]) == (set(OPTIONS) - unseen) | {"version"}
    assert told["model"] == worker.scorer.name
    assert [one[0] for one in told["inputs"]] == ["a.jsonl"]
    assert [one[0] for one in told["options"]["--skip-scored"]] == ["scored.jsonl"]
    shown = {name: told["options"][name] for name in ("--only", "--limit", "--rejects", "--input-format", "version")}
    assert shown == {
        "--only": ["farm", "ok"], "--limit": 9, "--rejects": "bad.jsonl", "--input-format": "jsonl",
        "version": quality.__version__,
    }  # fmt: skip


READ = Document("Few words.", source="b.jsonl")


@pytest.mark.parametrize(
    ("pieces", "source"),
    [
        ([Lines("a.jsonl", b"{}", 1)], "a.jsonl"),
        ([Records((READ,))], "b.jsonl"),
        ([Records(()), Records((Reject("c.jsonl", "", "", "odd"), READ))], "c.jsonl"),
        ([Records(())], "an input"),
    ],
)
def test_what_cannot_be_scored_at_all_is_told(pieces: list[Any], source: str, worker: Worker) -> None:
    def broken(given: Any) -> Any:
        raise ValueError("odd")

    chunk = Chunk(tuple(pieces), BEGINNING, 0)
    failing = Mock(side_effect=broken, task=worker.task)
    with pytest.raises(WorkerError) as error:
        list(results(failing, iter([chunk]), 1))
    assert str(error.value) == f"{source}: cannot be scored (ValueError: odd)"


def on_a_terminal(*args: str) -> tuple[bytes, bytes]:
    """Standard error of a batch that has a terminal there, and standard output."""
    pty = pytest.importorskip("pty", reason="needs a terminal")
    ours, theirs = pty.openpty()
    pytest.importorskip("termios").tcsetwinsize(theirs, (24, 120))
    with subprocess.Popen(
        command(*args, chunk=20_000), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how the end of a terminal is told
            while piece := os.read(ours, 1 << 16):
                shown += piece
        assert process.stdout is not None
        out = process.stdout.read()
    os.close(ours)
    return shown, out


def test_progress_on_a_terminal(folder: Path) -> None:
    texts = TEXTS * 10  # enough for the bar to be drawn again
    (folder / "a.jsonl").write_bytes(numbered(texts))
    shown, out = on_a_terminal("a.jsonl", "-o", "out.jsonl", "--jobs", "1")
    assert out == b""
    assert re.search(rb"\d+%.*B/s.*records, farm \d", shown)
    assert f"{len(texts):,} read, ".encode() in shown.splitlines()[-1]
    quiet, _ = on_a_terminal("a.jsonl", "-o", "out.jsonl", "--jobs", "1", "--quiet")
    assert quiet == b""


# Kinds of output


def unsqueezed(path: Path) -> bytes:
    if path.suffix == ".zst":
        import zstandard

        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(path.read_bytes()), read_across_frames=True).read()
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def rows(path: Path) -> list[dict[str, Any]]:
    """Records of an output of any kind, flat."""
    if path.suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        records = parquet.read_table(path).to_pylist()
    elif ".csv" in path.name:
        return list(csv.DictReader(io.StringIO(unsqueezed(path).decode())))
    else:
        records = read_lines(unsqueezed(path))
    return [
        {**one, "quality_score": one["quality"]["score"], "quality_verdict": one["quality"]["verdict"]}
        for one in records
    ]


NAMES = [f"out{form}{squeeze}" for form, made in FORMS.items() for squeeze in (SQUEEZES if made.squeezed else [""])]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("records", [[], TEXTS[:4]], ids=["none", "four"])
def test_kinds_hold_the_same(name: str, records: list[str], folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(numbered(records))
    assert call("a.jsonl", "-o", name, "--input-format", "jsonl").exit_code == 0
    found = rows(folder / name)
    assert [str(one["id"]) for one in found] == [str(number) for number in range(len(records))]
    assert [one["text"] for one in found] == records
    scores = quality.load().score_many(records)
    assert [float(one["quality_score"]) for one in found] == pytest.approx([one.score for one in scores], abs=1e-12)
    assert [one["quality_verdict"] for one in found] == [one.verdict for one in scores]


@pytest.mark.usefixtures("folder")
def test_columns_of_all_records() -> None:
    lay_out(
        {
            "a.jsonl": [
                {"id": 1, "text": "Few.", "n": -1.5, "=x": "=1+1", "m": [1]},
                {"id": "two", "text": "Few.", "y": "-b", "m": None},
            ]
        }
    )
    call("a.jsonl", "-o", "out.csv")
    call("a.jsonl", "-o", "out.parquet")
    first, second = rows(Path("out.csv"))
    assert (first["n"], first["'=x"], first["m"], first["y"]) == ("-1.5", "'=1+1", "[1]", "")
    assert (second["id"], second["y"], second["m"]) == ("two", "'-b", "")
    first, second = rows(Path("out.parquet"))
    assert (first["id"], first["n"], first["=x"], first["m"], first["y"]) == ("1", -1.5, "=1+1", [1], None)
    assert (second["id"], second["y"], second["m"]) == ('"two"', "-b", None)


# Options


OPTIONS: dict[str, list[str]] = {
    "--output": ["-o", "other.jsonl"], "--input-format": ["--input-format", "text"],
    "--text-key": ["--text-key", "t.x"], "--id-key": ["--id-key", "n"], "--url-key": ["--url-key", "home"],
    "--title-key": ["--title-key", "n"], "--jobs": ["--jobs", "2"],
    "--resume": ["--resume"], "--rejects": ["--rejects", "bad.jsonl"], "--explain": ["--explain"],
    "--drop-text": ["--drop-text"], "--only": ["--only", "farm"], "--skip-scored": ["--skip-scored", "scored.jsonl"],
    "--model": ["--model", "other"], "--threshold": ["--threshold", "0"], "--links": ["--links", "present"],
    "--max-record": ["--max-record", "100"], "--limit": ["--limit", "1"], "--min-words": ["--min-words", "5000"],
    "--quiet": ["--quiet"],
}  # fmt: skip
BESIDE = {key: ["--skip-scored", "scored.jsonl"] for key in ("--id-key", "--url-key")}
"""Options that show only together with others."""

UNSEEN = {"--title-key", "--jobs"}
"""Options that change no bytes of this batch: no writer tells the title of a record, and jobs must not be seen."""


FEW: dict[str, Any] = {
    "a.jsonl": [
        {"id": 1, "n": 8, "t": {"x": "Few words."}, "text": {"article": "money-bike-lease/farm"}},
        {"id": 2, "n": 9, "text": {"article": "money-bike-lease/plain"}},
        {"home": "https://c.example/", "text": "Few words."},
        "nonsense",
    ],
    "scored.jsonl": [{"id": 2, "n": 8, "quality": {}}, {"home": "https://c.example/"}],
}


def observed(args: list[str]) -> tuple[Any, ...]:
    """All that can be seen of a batch: exit code, standard error without its rate, files."""
    known = {path.name for path in Path().iterdir()}
    args = ["a.jsonl", *args, *([] if "-o" in args else ["-o", "out.jsonl"])]
    done = call(*args)
    files = {
        path.name: path.read_bytes()
        for path in Path().iterdir()
        if path.name not in known and path.suffix != ".journal"
    }
    return done.exit_code, done.stderr.partition(";")[0], files


@pytest.mark.parametrize("option", sorted(OPTIONS))
def test_every_option_does_something(option: str, folder: Path) -> None:
    lay_out(FEW)
    other_model(folder / "other")
    beside = BESIDE.get(option, [])
    without = observed(beside)
    if option == "--resume":
        assert "whole already" in observed(["--resume"])[1]
        return
    for name in without[2]:
        (folder / name).unlink()
    (folder / ".out.jsonl.journal").unlink()
    if option in UNSEEN:
        assert observed(OPTIONS[option] + beside) == without
    else:
        assert observed(OPTIONS[option] + beside) != without


def test_every_option_is_there_and_in_the_help() -> None:
    options = {option.opts[-1]: option for option in batch.params if isinstance(option, click.Option)}
    assert set(options) == set(OPTIONS)
    shown = click.Context(batch, info_name="quality batch").get_help()
    assert [name for name, option in options.items() if name not in shown or not option.help] == []


def documented() -> Iterator[str]:
    page = (HERE.parent / "docs" / "batch.md").read_text(encoding="utf-8")
    yield from (word for word in page.replace("`", " ").replace("|", " ").split() if word.startswith("--"))


def test_every_option_is_documented() -> None:
    assert {option.opts[-1] for option in batch.params if isinstance(option, click.Option)} <= set(documented())


ARC = (
    b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 68\n1 0 Files\nURL IP-address Archive-date Content-type"
    b" Archive-length\n\n\nhttp://a.example/b.txt 127.0.0.1 20080430204825 text/plain 60\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nThree bees hum.\n\n"
)


def test_an_arc_gives_the_same_bytes_each_time(folder: Path) -> None:
    pytest.importorskip("warcio", reason="reads archives")
    (folder / "a.arc").write_bytes(ARC)
    for name in ("one.jsonl", "two.jsonl"):
        call("a.arc", "-o", name)
    (record,) = read_lines((folder / "one.jsonl").read_bytes())
    assert (record["id"], record["text"].strip()) == ("http://a.example/b.txt", "Three bees hum.")
    assert (folder / "one.jsonl").read_bytes() == (folder / "two.jsonl").read_bytes()
