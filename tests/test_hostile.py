"""Hostile input: of every worst input an answer or a reject with a reason, within bounds of time and memory.

The inputs are in ``fuzz/worst.py``. The bounds are far above what each takes, and far below what one takes whose time
grows by the square: how it does grow is measured by ``benchmarks/hostile.py``.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import re._parser as parser  # type: ignore[import-not-found]  # the standard library's own, of no public name
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import worst
from answers import alone, reading, scoring

import quality
from quality.scorer import Scorer

HERE = Path(__file__).parent
PACKAGE = Path(str(quality.__file__)).parent
SIZE = 50_000  # bytes
SECONDS = 5  # of CPU for one such input; the slowest takes one
MEGABYTES = 700
PROSE = (HERE.parent / "corpus/articles/money-bike-lease/farm.md").read_text(encoding="utf-8").split("---\n", 2)[2]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    loaded = Scorer.load()
    loaded.score(PROSE, explain=True)  # so that what is loaded once is loaded
    return loaded


@pytest.mark.parametrize("name", worst.TEXTS)
def test_text_is_scored(name: str, scorer: Scorer) -> None:
    text = worst.TEXTS[name](SIZE).decode("utf-8", "surrogatepass")
    for whole in (text, f"{PROSE}\n\n{text}"):
        answer = alone(lambda whole=whole: scoring(whole, scorer), SECONDS, MEGABYTES)  # type: ignore[misc]
        assert answer.found.startswith(("ok ", "suspect ", "farm ", "abstain ")), answer


@pytest.mark.parametrize("name", worst.FILES)
def test_file_is_read_or_rejected(name: str) -> None:
    source, make = worst.FILES[name]
    content = make(SIZE)
    answer = alone(lambda: reading(content, source), SECONDS, MEGABYTES)
    assert re.match(r"\d+ documents, \d+ rejects", answer.found), answer


def patterns() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Every compiled pattern of the package with its name, and whether it is only ever matched at one place."""
    seen: set[tuple[str | bytes, int]] = set()
    for module in pkgutil.walk_packages([str(PACKAGE)], "quality."):
        if module.name.endswith(("__main__", "_kernel")):  # the second is a library, no module
            continue
        loaded = importlib.import_module(module.name)
        source = Path(str(loaded.__file__)).read_text(encoding="utf-8")
        for name, value in vars(loaded).items():
            for pattern in _within(value):
                used = set(re.findall(rf"\b{name}\.(\w+)", source)) - {"pattern"}
                anchored = bool(used) and used <= {"match", "fullmatch"}
                if (pattern.pattern, anchored) not in seen:
                    seen.add((pattern.pattern, anchored))
                    yield f"{module.name}.{name}", pattern, anchored


def _within(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _within(one)


def adversaries(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Strings made of a pattern's own parts, over and over, that almost match."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    own = list(dict.fromkeys(_literals(parser.parse(text, pattern.flags & ~re.UNICODE & ~re.ASCII))))[:20]
    plain = ["a", " ", "\n", "1", "-", "<", "[", '"', ' a="b c"']  # the last leaves open where a value ends
    units = [*own, *plain, *(one + two for one in own[:5] for two in [*plain, *own[:5]])]
    for head in dict.fromkeys(["", "<p", *own[:1], "".join(own[:3])]):
        for unit in dict.fromkeys(units):
            yield from (head + unit * times + "\x01" for times in (25, 30_000 // len(unit)))


def _literals(tree: Any) -> Iterator[str]:
    run = ""
    for kind, value in tree:
        if kind is parser.LITERAL:
            run += chr(value)
            continue
        yield from [run] if run else []
        run = ""
        for part in value if isinstance(value, (tuple, list)) else [value]:
            if isinstance(part, parser.SubPattern):
                yield from _literals(part)
            elif isinstance(part, list):
                for one in part:
                    yield from _literals(one) if isinstance(one, parser.SubPattern) else _signs(one)
            elif kind is parser.IN:
                yield from _signs(part)
    yield from [run] if run else []


def _signs(part: Any) -> Iterator[str]:
    if isinstance(part, tuple) and part[0] is parser.LITERAL:
        yield chr(part[1])


class SlowError(Exception):
    """A pattern takes longer for one string than any of linear time does."""


@pytest.mark.parametrize(("name", "pattern", "anchored"), [pytest.param(*one, id=one[0]) for one in patterns()])
def test_pattern_takes_linear_time(name: str, pattern: re.Pattern[Any], anchored: bool) -> None:
    def stop(number: int, frame: object) -> None:
        raise SlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        for text in adversaries(pattern):
            given: Any = text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)  # seconds of CPU: linear ones take a hundredth of it
            try:
                _ = pattern.match(given) if anchored else sum(1 for _ in pattern.finditer(given))
            except SlowError:
                pytest.fail(f"{name}: {text[:40]!r}")
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)


def test_patterns_have_names() -> None:
    """Only a pattern with a name is seen by the test above."""
    inline = re.compile(r"\bre\.(?:sub|split|match|search|findall|finditer)\(")
    assert [str(path) for path in PACKAGE.rglob("*.py") if inline.search(path.read_text(encoding="utf-8"))] == []
