"""The command line through its own process: the cases of ``cases/cli.json``, which the library must agree with."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from commands import commands

import quality
from quality import store
from quality.cli import COMMANDS
from quality.model import HEADS
from quality.readers import Options, Reject, read
from quality.writers import FORMATS

HERE = Path(__file__).parent
ARTICLES = HERE.parent / "corpus" / "articles"
WRITERS = HERE.parent / "quality" / "writers"
CASES: list[dict[str, Any]] = json.loads((HERE / "cases" / "cli.json").read_text(encoding="utf-8"))
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


def is_plain(case: dict[str, Any]) -> bool:
    """Whether a case scores with the model and thresholds that the library has by default."""
    return not {"--format", "--threshold", "--model"} & set(case["args"])


def run(
    *args: str, cwd: Path | None = None, stdin: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent), "PYTHONUTF8": "1"} | variables
    command = [sys.executable, "-m", "quality", *args]
    return subprocess.run(command, cwd=cwd, input=stdin, env=environment, capture_output=True, timeout=60, check=False)


def content(source: str | dict[str, Any]) -> bytes:
    """Bytes of an input: text, hex, a size, a sample file, or an article of the corpus."""
    if isinstance(source, str):
        return source.encode()
    if "article" in source:
        text = (ARTICLES / f"{source['article']}.md").read_text(encoding="utf-8")
        return text.replace(source.get("after", "\0"), source.get("after", "") + source.get("with", "")).encode()
    if "file" in source:
        return (HERE / "files" / str(source["file"])).read_bytes()
    return bytes.fromhex(source["hex"]) if "hex" in source else b"a" * int(source["size"])


def lay_out(case: dict[str, Any], folder: Path) -> bytes:
    """Write the files of a case; what it gives on standard input."""
    for name, source in case.get("files", {}).items():
        (folder / name).write_bytes(content(source))
    return content(case.get("stdin", ""))


@each_case
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    done = run("score", *case["args"], cwd=tmp_path, stdin=lay_out(case, tmp_path))
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == case.get("exit", 0), err
    assert [part for part in case.get("stdout", []) if part not in out] == []
    assert [part for part in case.get("stderr", []) if part not in err] == []
    assert bool(err) == bool(case.get("stderr"))
    assert not CONTROLS.search(out + err)
    if "--format" not in case["args"]:
        assert max(map(len, out.splitlines()), default=0) <= 80


@pytest.mark.parametrize("case", [case for case in CASES if is_plain(case)], ids=lambda case: case["name"])
def test_library_agrees(case: dict[str, Any], tmp_path: Path) -> None:
    stdin = lay_out(case, tmp_path)
    done = run("score", "--format", "jsonl", *case["args"], cwd=tmp_path, stdin=stdin)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    links = case["args"][case["args"].index("--links") + 1] if "--links" in case["args"] else "auto"
    paths = [name for name in case["args"] if name in case.get("files", {})] or ["-"]
    documents = [one for path in paths for one in documents_of(path, tmp_path, stdin, Options(links=links))]
    scores = [quality.score(one, explain="--explain" in case["args"]) for one in documents]
    assert [record["source"] for record in records] == [one.source for one in documents]
    assert [record["text"] for record in records] == [one.text for one in documents]
    assert [record["quality"] for record in records] == [json.loads(json.dumps(score.as_dict())) for score in scores]


def documents_of(path: str, folder: Path, stdin: bytes, options: Options) -> Iterator[quality.Document]:
    """What the readers make of an input, without what they reject."""
    stream = io.BytesIO(stdin if path == "-" else (folder / path).read_bytes())
    try:
        yield from (one for one in read(stream, path, options) if not isinstance(one, Reject))
    except quality.errors.InputError:
        return


@pytest.mark.parametrize(
    ("names", "shape"), [(["a.txt"], dict), (["a.txt", "a.txt"], list), (["a.txt", "none.txt"], list)]
)
def test_json_shape_follows_the_files_named(names: list[str], shape: type, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Too few words.", encoding="utf-8")
    assert isinstance(json.loads(run("score", "--format", "json", *names, cwd=tmp_path).stdout), shape)


def test_json_of_nothing_is_an_empty_array(tmp_path: Path) -> None:
    assert json.loads(run("score", "--format", "json", "none.txt", "nor.txt", cwd=tmp_path).stdout) == []


def test_spans_of_a_page_refer_to_the_record_text(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes((HERE / "files" / "article.html").read_bytes())
    record = json.loads(run("score", "--format", "jsonl", "--explain", "a.html", cwd=tmp_path).stdout)
    for one in record["quality"]["evidence"]:
        assert one["quote"] == (" ".join(record["text"][slice(*one["spans"][0])].split()) if one["spans"] else "")


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_on_a_terminal(variables: dict[str, str], coloured: bool, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="needs a terminal")
    (tmp_path / "a.txt").write_text("Too few words.", encoding="utf-8")
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)} | variables
    command = [sys.executable, "-m", "quality", "score", "a.txt"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=theirs, stdin=subprocess.DEVNULL, check=False)
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert done.returncode == 0
    assert (b"\x1b[" in shown) == coloured


def test_a_closed_pipe_is_met_in_silence(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Too few words.", encoding="utf-8")
    command = [sys.executable, "-m", "quality", "score", *["a.txt"] * 20]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_terminal_without_unicode(tmp_path: Path) -> None:
    (tmp_path / "é.md").write_bytes(content({"article": "money-bike-lease/farm", "after": "the ", "with": "é"}))
    done = run("score", "--explain", "é.md", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_plain_text_imports_only_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(content({"article": "money-bike-lease/plain"}))
    code = (
        "import sys; from quality.cli import quality\n"
        "quality(['score', 'a.txt'], standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"sklearn", "scipy", "joblib", "trafilatura", "lxml", "py3langid", "charset_normalizer", "yaml"}


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=str)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], command: click.Command) -> None:
    context = click.Context(command, info_name="quality", help_option_names=["-h", "--help"])
    lines = context.get_help().splitlines()
    assert "  Example:" in lines, "shown as it was laid out"
    assert lines[lines.index("  Example:") + 1].startswith("    " + " ".join(["quality", *path]))
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("path", [(), ("score",), ("model",), ("model", "show"), ("corpus",)], ids=" ".join)
def test_short_help(path: tuple[str, ...]) -> None:
    done = run(*path, "-h")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Example:" in done.stdout


def test_every_module_is_a_command() -> None:
    modules = {path.stem for path in Path(str(quality.cli.__file__)).parent.glob("*.py")} - {"__init__", "options"}
    assert modules == set(COMMANDS)


def test_version_names_the_digest() -> None:
    shown = run("--version").stdout.decode()
    assert quality.__version__ in shown
    assert store.digest(store.default_folder()) in shown


def test_model_show() -> None:
    shown = run("model", "show", "--most", "3").stdout.decode()
    assert re.findall(r"^(\w+) \(bias", shown, re.M) == list(HEADS)


def test_model_terms() -> None:
    lines = run("model", "terms").stdout.decode().splitlines()
    assert lines[0].split("\t") == ["term", *HEADS]
    assert {line.count("\t") for line in lines} == {4}
    assert len(lines) == 1 + len(quality.load().model.weights)


def test_unknown_command() -> None:
    assert run("nonsense").returncode == 2


def test_formats_are_those_offered() -> None:
    assert set(FORMATS) == {path.stem for path in WRITERS.glob("*.py") if "\ndef write(" in path.read_text("utf-8")}
