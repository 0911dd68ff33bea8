"""What reaches a terminal: nothing in a text, a name, a model or a corpus can move its cursor; pipes may close."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quality
from quality.terminal import in_ascii
from quality.writers.base import escaped, printable

HERE = Path(__file__).parent
PACKAGE = Path(str(quality.__file__)).parent
RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
BAD = "a\x1b[31m\x9b1mb\u202ec\x07\rd"
"""A colour, a C1 control, a turn of direction, a bell, a return to the start of the line."""

ARTICLE = """---
id: "x\\e[31m/farm"
subject: "\\e[31m"
genre: "\\e[31m"
version: "\\u202e"
"\\e[31m": "\\x9b"
labels: {{filler: "\\e[31m", repetition: 0, unsourced: 0, farm: 0}}
---
See https://{bad}.example.net/ and https://mill\x1b[31m.co/ for more.
"""


def environment(**variables: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(PACKAGE.parent), "PYTHONUTF8": "1"} | variables


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every name and every content is hostile."""
    here = tmp_path_factory.mktemp("hostile")
    text = (HERE.parent / "corpus/articles/money-bike-lease/farm.md").read_text(encoding="utf-8")
    words = text.split("---\n", 2)[2].replace(" the ", f" {BAD} the ")
    (here / f"{BAD}.txt").write_text(words, encoding="utf-8")
    (here / "new\nline.md").write_text(words, encoding="utf-8")
    (here / f"{BAD}.exe").write_bytes(b"\x7fELF")
    lines = [{"id": BAD, "text": words, BAD: BAD}, {"id": BAD, "text": ""}, {BAD: 1}]
    (here / f"{BAD}.jsonl").write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))
    for version in ("plain", "filler"):
        article = here / "corpus" / "articles" / "home-\x1b[31m\u202e" / f"{version}.md"
        article.parent.mkdir(parents=True, exist_ok=True)
        article.write_text(ARTICLE.format(bad=BAD), encoding="utf-8")
    (here / "corpus/articles/home-\x1b[31m\u202e/broken\x1b[31m.md").write_text("none", encoding="utf-8")
    row = {"id": BAD, "family": BAD, BAD: BAD, "labels": {BAD: 1}}
    (here / "corpus" / "web.jsonl").write_text(json.dumps(row) + "\n[" + BAD + "\n", encoding="utf-8")
    (here / "corpus" / "groups.tsv").write_text(BAD + "\n", encoding="utf-8")
    model = here / f"model{BAD}"
    shutil.copytree(HERE.parent / "models" / "en", model)
    resealed(model, "terms.tsv", (BAD * 3 + "\t1\n").encode())
    return here


def resealed(model: Path, name: str, content: bytes) -> None:
    """Write a file of a model and the digests that go with it, as someone who makes models can."""
    import hashlib

    from quality.store import UNSEALED

    (model / name).write_bytes(content)
    meta = json.loads((model / "model.json").read_bytes())
    meta["sha256"] |= {name: hashlib.sha256(content).hexdigest(), "model.json": UNSEALED}
    told = json.dumps(meta)
    (model / "model.json").write_text(told.replace(UNSEALED, hashlib.sha256(told.encode()).hexdigest()))


CALLS: dict[str, tuple[list[str], int]] = {
    "score": (["score", f"{BAD}.txt", "new\nline.md", f"{BAD}.exe", f"no{BAD}"], 2),
    "score, explained": (["score", "--explain", f"{BAD}.txt"], 0),
    "score as JSON": (["score", "--format", "json", f"{BAD}.txt"], 0),
    "score with a model": (["score", "--model", f"model{BAD}", f"{BAD}.txt"], 0),
    "score without a model": (["score", "--model", BAD, f"{BAD}.txt"], 2),
    "batch": (["batch", ".", "-o", f"out{BAD}.jsonl"], 2),
    "batch into no folder": (["batch", f"{BAD}.jsonl", "-o", f"{BAD}/out.jsonl"], 2),
    "batch of nothing": (["batch", f"no{BAD}", "-o", "out.jsonl"], 2),
    "batch into no known kind": (["batch", f"{BAD}.jsonl", "-o", f"out.{BAD}"], 2),
    "rejects of a stream": (
        ["batch", f"{BAD}.jsonl", "-o", "-", "--drop-text", "--only", "farm", "--text-key", BAD],
        1,
    ),
    "corpus check": (["corpus", "check"], 1),
    "corpus check of no folder": (["corpus", "check", "--corpus", BAD], 2),
    "corpus stats": (["corpus", "stats"], 2),
    "corpus fetch": (["corpus", "fetch", "--mirror", BAD], 2),
    "corpus new": (["corpus", "new", BAD], 2),
    "train": (["train", "-o", "m"], 2),
    "evaluate": (["evaluate"], 2),
    "calibrate": (["calibrate", "--good", f"{BAD}.txt", "-o", f"my{BAD}"], 0),
    "calibrate on nothing": (["calibrate", "--good", f"{BAD}.exe", "-o", f"my{BAD}"], 2),
    "model show": (["model", "show", f"model{BAD}"], 0),
    "model terms": (["model", "terms", f"model{BAD}"], 0),
    "model diff": (["model", "diff", f"model{BAD}", f"model{BAD}", f"{BAD}.jsonl"], 2),
    "an unknown command": ([BAD], 2),
    "an unknown option": (["score", f"--{BAD}"], 2),
    "a word too many": (["model", "show", BAD, BAD], 2),
    "a file that is none": (["train", "--corpus", BAD, "-o", "m"], 2),
}


@pytest.mark.parametrize("name", CALLS)
def test_nothing_raw_is_shown(name: str, folder: Path) -> None:
    words, expected = CALLS[name]
    command = [sys.executable, "-m", "quality", *words]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)
    shown = done.stderr.decode() + ("" if name == "rejects of a stream" else done.stdout.decode())
    assert done.returncode == expected, shown
    assert shown
    assert "Traceback" not in shown
    assert not (raw := RAW.search(shown)), shown[max(0, raw.start() - 60) : raw.end() + 20]


def test_a_stream_on_a_terminal_is_in_ascii(folder: Path) -> None:
    pty = pytest.importorskip("pty", reason="needs a terminal")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "quality", "batch", f"{BAD}.jsonl", "-o", "-", "--drop-text", "--rejects", "r"]
    with subprocess.Popen(command, cwd=folder, env=environment(), stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b"")).decode()
    os.close(ours)
    assert process.returncode == 1
    assert '"quality":' in shown
    bar = re.sub(r"\x1b\[A|\r", "", shown)  # what the progress bar moves by
    assert not RAW.search(bar)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # so a terminal ends
        return b""


@given(st.text())
def test_escaped(text: str) -> None:
    assert escaped(text).isprintable()
    assert printable(text).isprintable()


@given(st.dictionaries(st.text(), st.text()))
def test_in_ascii_is_the_same_json(record: dict[str, str]) -> None:
    line = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
    shown = in_ascii(line)
    assert json.loads(shown) == json.loads(line)
    assert not re.search(rb"[^ -~]", shown)


SHOWS = {"terminal.py", "score.py"}


def test_lines_are_shown_in_one_place() -> None:
    """`score` alone prints what its writers made, who escape for themselves (`test_cli.py`)."""
    shows = re.compile(r"\bclick\.s?echo\(|\bprint\(|std(?:out|err)\.write\(")
    code = {path: re.sub(r'"""[\s\S]*?"""', "", path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    assert {path.name for path, text in code.items() if shows.search(text)} == SHOWS


def piped() -> Iterator[list[str]]:
    text = str(HERE / "files" / "article.txt")
    yield ["score", *[text] * 20]
    yield ["score", "--format", "jsonl", *[text] * 20]
    yield ["batch", str(HERE / "files" / "items.jsonl"), "-o", "-", "--quiet", "--rejects", os.devnull]
    yield ["model", "show"]
    yield ["model", "terms"]
    yield ["model", "diff", str(HERE.parent / "models/en"), str(HERE.parent / "models/en"), text]
    yield ["corpus", "stats", "--corpus", str(HERE.parent / "corpus")]
    yield ["--version"]
    yield ["score", "--help"]


@pytest.mark.parametrize("words", list(piped()), ids=lambda words: " ".join(words[:2])[:20])
def test_a_closed_pipe_is_met_in_silence(words: list[str]) -> None:
    command = [sys.executable, "-m", "quality", *words]
    with subprocess.Popen(
        command, env=environment(QUALITY_CACHE=os.devnull), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in {141, 1}
