"""What the program never does, whatever it reads: run it, unpickle it, or ask the network; and what always holds."""

from __future__ import annotations

import ast
import csv
import io
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quality
from quality.scorer import Scorer
from quality.writers.csv import cell

HERE = Path(__file__).parent
PACKAGE = Path(str(quality.__file__)).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FILES = HERE / "files"

CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "startfile", "getattr_static", "execv", "spawnv"}
LOADS = {("joblib", "load"), ("yaml", "load"), ("yaml", "full_load"), ("yaml", "unsafe_load"), ("np", "fromfile")}
OUTSIDE = {"socket", "ssl", "http", "urllib.request", "requests", "urllib3", "httpx", "aiohttp", "ftplib", "smtplib"}
OUTSIDE |= {"subprocess", "pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "xmlrpc", "webbrowser"}
ALLOWED = {
    "corpus.fetch": {"requests", "urllib3.exceptions"}, "compile": {"subprocess"},
    "cli.serve": {"socket"}, "serve.run": {"socket"}, "serve.problem": {"http"},
}  # fmt: skip
"""Module -> what it alone may import.

`quality corpus fetch` is asked to bring files; the kernel is compiled when the package is built, never when it runs;
`quality serve` listens; of ``http`` the names of status codes are taken.
"""


def name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def dangers(tree: ast.AST) -> Iterator[str]:
    """Calls that run or unpickle what they are given."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in CALLS:
            yield called.id
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            told = {one.arg: one.value for one in node.keywords}
            pair = (called.value.id, called.attr)
            pickles = told.get("allow_pickle")
            if pair in LOADS or (pair == ("os", called.attr) and called.attr in CALLS):
                yield ".".join(pair)
            if pair in {("np", "load"), ("np", "save")} and not (
                isinstance(pickles, ast.Constant) and pickles.value is False
            ):
                yield f"{'.'.join(pair)} without allow_pickle=False"


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_runs_or_fetches_what_it_reads(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert list(dangers(tree)) == []
    barred = {one for one in imported(tree) if one in OUTSIDE or one.split(".")[0] in OUTSIDE}
    assert barred <= ALLOWED.get(name(path), set())


@pytest.mark.parametrize(
    "code",
    [
        "eval('1')",
        "np.load(path)",
        "joblib.load(path)",
        "yaml.load(text)",
        "os.system(text)",
        "np.load(p, allow_pickle=True)",
    ],
)
def test_dangers_are_seen(code: str) -> None:
    assert list(dangers(ast.parse(code)))


ALARM = """
import os, sys
def alarm(event, args):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto",
                         "urllib.", "http.client", "ftplib", "smtplib", "webbrowser")):
        os.write(2, f"ALARM {event} {args}".encode())
        os._exit(99)
sys.addaudithook(alarm)
"""
"""Ends any process of Python that looks up an address or opens a connection."""

COMMANDS = [
    ["score", "article.html", "article.md", "article.txt", "feed.xml", "feeds.opml", "items.json"],
    ["batch", ".", "-o", "{out}/a.jsonl", "--jobs", "1"],
    ["batch", ".", "-o", "{out}/a.csv", "--jobs", "2"],
    ["batch", ".", "-o", "{out}/a.parquet", "--explain"],
    ["calibrate", "--good", "article.txt", "-o", "{out}/model"],
    ["model", "show"],
    ["model", "diff", "{root}/models/en", "{root}/models/en", "article.html"],
    ["corpus", "check", "--corpus", "{root}/corpus"],
    ["corpus", "stats", "--corpus", "{root}/corpus", "--cache", "{out}"],
    ["--version"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:3])[:30])
def test_no_command_asks_the_network(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(ALARM, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PACKAGE.parent)])}
    filled = [one.format(out=tmp_path, root=HERE.parent) for one in words]
    command = [sys.executable, "-m", "quality", *filled]
    done = subprocess.run(command, cwd=FILES, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1, 2}, done.stderr
    assert "ALARM" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_alarm_is_heard(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(ALARM, encoding="utf-8")
    code = "import socket; socket.getaddrinfo('localhost', 80)"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(tmp_path)}, check=False)
    assert done.returncode == 99


SCORER = cache(Scorer.load)
ARTICLES = sorted((HERE.parent / "corpus" / "articles").glob("*/*.md"))[::20]
PARTS = st.sampled_from([path.read_text(encoding="utf-8").split("---\n", 2)[2] for path in ARTICLES]) | st.text(
    max_size=80
)
TEXTS = st.lists(PARTS, max_size=3).map("\n\n".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.randoms(use_true_random=False), st.integers(1, 4))
def test_scores_depend_on_nothing_but_the_text(texts: list[str], order: random.Random, size: int) -> None:
    """Not on the order, not on the size of a batch; spans lie in the text, and evidence sums to the logit."""
    scorer = SCORER()
    alone = {text: scorer.score(text, explain=True) for text in texts}
    shuffled = order.sample(texts, len(texts))
    for start in range(0, len(shuffled), size):
        some = shuffled[start : start + size]
        assert scorer.score_many(some, explain=True) == [alone[text] for text in some]
    for text, score in alone.items():
        assert all(0 <= a < b <= len(text) for one in score.evidence for a, b in one.spans)
        if score.logit is not None and score.bias is not None and score.score is not None:
            assert score.bias + sum(one.contribution for one in score.evidence) == pytest.approx(score.logit, abs=1e-9)
            assert 0 <= score.score <= 1


@given(st.text(max_size=20) | st.text(alphabet="=+-@\t\r\n＝＋－＠;,\"'1e.", max_size=8))
def test_no_cell_is_a_formula(text: str) -> None:
    """What a cell holds is found again, after an apostrophe where a spreadsheet would run it."""
    shown = cell(text)
    assert shown in {text, "'" + text}
    row = io.StringIO()
    csv.writer(row).writerow([shown])
    assert next(csv.reader(io.StringIO(row.getvalue(), newline=""))) == [shown] or "\0" in shown or "\r" in shown
    if not shown[:1] or shown[0] not in "=+-@\t\r\n＝＋－＠":
        return
    float(shown)  # only numbers begin like a formula
