"""The pages of ``docs/`` and README.md, as their readers follow them: every ``sh`` and ``python`` block is run.

The blocks of a page run in their order in one folder, which holds the files of ``cases/docs.json``; standard input is
``article.txt``. ``quality`` is this
tree's; ``pip install 'quality[EXTRA]'`` only looks whether there is such an extra. What a page cannot say to its reader
stands in an HTML comment before a block:

    <!-- needs: scrapy, jq -->            packages or programs that not everybody has: run where all tools are
    <!-- file: spider.py -->              the block is saved under this name, not run
    <!-- background: 8123 -->             the block goes on running beside the next ones, once this port answers
    <!-- not run: trains for minutes -->  with the reason; the options of its commands are looked up all the same
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click
import pyarrow as pa
import pytest
from pyarrow import csv
from pyarrow import parquet as pq

from quality.cli import quality as root

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FILES: dict[str, dict[str, str]] = json.loads((HERE / "cases" / "docs.json").read_text(encoding="utf-8"))
EXTRAS = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"])
BLOCK = re.compile(r"(?:^<!-- (?P<mark>[^\n]*?) -->\n\n?)?^```(?P<language>[^\n]*)\n(?P<code>.*?)^```$", re.M | re.S)
MARKS = {"needs", "file", "background", "not run"}
LONGEST = 120  # seconds that a block may take, or a port to answer


class Block(NamedTuple):
    """A fenced block, the line it starts at, and what the comment before it says."""

    line: int
    language: str
    code: str
    mark: str = ""
    told: str = ""

    @property
    def needs(self) -> list[str]:
        return [one.strip() for one in self.told.split(",")] if self.mark == "needs" else []


def blocks(page: Path) -> list[Block]:
    """The blocks of a page; of README.md its own two for a new environment are run by ``.ci/run``."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        mark, _, told = (match["mark"] or "").partition(": ")
        line = text.count("\n", 0, match.start("code"))
        found.append(Block(line, match["language"], match["code"], mark, told))
    return [one for one in found if page.name != "README.md" or "-m venv" not in one.code]


def runnable(page: Path) -> list[Block]:
    return [one for one in blocks(page) if one.language in ("sh", "python") and one.mark != "not run"]


def missing(block: Block) -> list[str]:
    """What a block needs that is not here."""
    return [one for one in block.needs if not shutil.which(one, path=path_of()) and not find_spec(one)]


def path_of() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the files that pages speak of."""
    for name, source in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(name, source))
    return tmp_path


def content(name: str, source: dict[str, str]) -> bytes:
    """Bytes of a file: articles written for this project in the form that its name says, or a sample."""
    if "sample" in source:
        page = (HERE / "files" / source["sample"]).read_bytes()
        return gzip.compress(warc(page)) if name.endswith(".warc.gz") else page
    paths = sorted((ROOT / "corpus" / "articles").glob(f"{source['articles']}.md"))
    ids = [f"{path.parent.name}/{path.stem}" for path in paths]
    texts = [path.read_text(encoding="utf-8").split("---\n", 2)[2].strip() for path in paths]
    columns = {"id": ids, "url": [f"https://{one.split('/')[0]}.example.org/" for one in ids], "text": texts}
    if not name.endswith((".jsonl", ".jl.gz", ".csv", ".parquet")):
        return f"{texts[0]}\n".encode()
    table = pa.table(columns)
    out = io.BytesIO()
    if name.endswith(".parquet"):
        pq.write_table(table, out)
    elif name.endswith(".csv"):
        csv.write_csv(table, out)
    else:
        out.write("".join(json.dumps(row) + "\n" for row in table.to_pylist()).encode())
    return gzip.compress(out.getvalue()) if name.endswith(".gz") else out.getvalue()


def warc(page: bytes) -> bytes:
    """An archive of one response."""
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    names = {
        "WARC-Type": "response", "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        "WARC-Date": "2025-01-01T00:00:00Z", "WARC-Target-URI": "https://example.org/mill",
        "Content-Type": "application/http; msgtype=response", "Content-Length": str(len(body)),
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in names.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + body + b"\r\n\r\n"


class Reader:
    """Somebody who follows a page in a folder."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.started = folder, list[subprocess.Popen[bytes]]()
        python = f'exec "{sys.executable}" "$@"\n'
        commands = {"quality": f'exec "{sys.executable}" -m quality "$@"\n', "python": python, "python3": python}
        for name, command in (commands | {"pip": pip()}).items():
            (programs / name).write_text("#!/bin/sh\n" + command, encoding="utf-8")
            (programs / name).chmod(0o755)
        path = os.pathsep.join([str(programs), path_of()])
        self.environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}

    def follow(self, block: Block) -> None:
        if block.mark == "file":
            (self.folder / block.told).write_text(block.code, encoding="utf-8")
            return
        command = ["bash", "-e", "-c", block.code] if block.language == "sh" else [sys.executable, "-c", block.code]
        given, said = (self.folder / "article.txt").open("rb"), (self.folder / ".said").open("w+b")
        with given, said:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=given, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip
            self.started.append(process)
            if block.mark == "background":
                answers(int(block.told), process)
                return
            code = process.wait(LONGEST)
            said.seek(0)
            assert code == 0, f"line {block.line}: {block.code}{said.read().decode(errors='replace')}"

    def leave(self) -> None:
        """End whatever still runs."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def pip() -> str:
    """Refuses to install what the project does not offer."""
    known = "|".join(sorted(EXTRAS))
    return f'echo "$@" | grep -qE "^install (--quiet )?\'?quality\\[(({known}),?)+\\]\'?$"\n'


def answers(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a port answers."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing answers at port {port}")


def follow(page: Path, chosen: list[Block], place: Path, programs: Path) -> None:
    reader = Reader(place, programs)
    try:
        for block in chosen:
            reader.follow(block)
    finally:
        reader.leave()


@pytest.mark.parametrize("page", [page for page in PAGES if runnable(page)], ids=lambda page: page.name)
def test_page(page: Path, place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    plain = [one for one in runnable(page) if not one.needs]
    if any(one.needs for one in runnable(page)) and any(one.mark == "background" for one in plain):
        plain = []  # what goes on beside the blocks that need tools is run with them
    follow(page, plain, place, tmp_path_factory.mktemp("bin"))


@pytest.mark.tools
@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(one.needs for one in runnable(page))], ids=lambda page: page.name
)
def test_page_with_tools(page: Path, place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    chosen = runnable(page)
    if lacking := sorted({one for block in chosen for one in missing(block)}):
        pytest.skip(f"needs {', '.join(lacking)}")
    follow(page, chosen, place, tmp_path_factory.mktemp("bin"))


def commands(block: Block) -> Iterator[list[str]]:
    """The words of each command of ours in a block."""
    for line in block.code.replace("\\\n", " ").splitlines():
        for one in re.split(r"[|;&]", line):
            match = re.match(r"\s*(?:[A-Z_]+=\S+ )*quality (.*)", one)
            if match and match[1].count('"') % 2 == 0 and match[1].count("'") % 2 == 0:
                yield shlex.split(match[1], comments=True)


def unknown(words: list[str]) -> list[str]:
    """Options among the words of a command that there are none of."""
    command: click.Command | None = root
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        command = command.get_command(click.Context(command), words[0])
        words = words[1:]
    if command is None:
        return ["no such command"]
    known = {name for one in command.params for name in one.opts + one.secondary_opts} | {"-h", "--help"}
    return [word for word in words if word.startswith("-") and word != "-" and word.split("=")[0] not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_real(page: Path) -> None:
    found = [(one.line, words, unknown(words)) for one in blocks(page) for words in commands(one)]
    assert [one for one in found if one[2]] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_command_goes_unrun(page: Path) -> None:
    """A command stands in a block that is run, or in one that says why not."""
    found = blocks(page)
    assert [one for one in found if one.mark and one.mark not in MARKS] == []
    assert [one.line for one in found if one.mark == "not run" and len(one.told) < 5] == []
    hidden = [one for one in found if one.language not in ("sh", "python") and next(commands(one), None)]
    assert [f"line {one.line}" for one in hidden] == []
    assert not re.search(r"^ {4}(?:\$ )?quality ", BLOCK.sub("", page.read_text(encoding="utf-8")), re.M)


def test_marks_bite() -> None:
    """What is written wrong is found."""
    assert unknown(["batch", "a.jsonl", "-o", "b.jsonl", "--nonsense"]) == ["--nonsense"]
    assert unknown(["nonsense"]) == ["no such command"]
    assert list(commands(Block(1, "sh", "cat a | quality score - --format json  # so\n"))) == [
        ["score", "-", "--format", "json"]
    ]


def links(page: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in target:
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert [one for one in links(page) if not (page.parent / one).exists()] == []


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    assert {page.name for page in PAGES[1:]} - {"README.md"} - set(links(index)) == set()
