"""What comes of an input, found out in a process of its own that may use so much time and memory and no more."""

from __future__ import annotations

import io
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from quality.document import Document
from quality.errors import InputError
from quality.readers import Options, Reject, read
from quality.scorer import Scorer


class Answer(NamedTuple):
    """``found``: documents and rejects, or what else came of it; CPU ``seconds``; MB of memory ``grown``."""

    found: str
    seconds: float
    grown: int


def alone(act: Callable[[], str], seconds: int, megabytes: int) -> Answer:
    """What ``act`` returns in a child of this process with limits on its CPU time and on its further memory."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        _limit(seconds, megabytes)
        begun, before = time.process_time(), _peak()
        try:
            found = act()
        except BaseException as error:
            found = f"{type(error).__name__}: {error}"
        told = f"{time.process_time() - begun:.3f} {_peak() - before} {found}"[:1000]
        os.write(theirs, told.encode("utf-8", "backslashreplace"))
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        told = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if not told:
        return Answer(f"died of signal {os.WTERMSIG(status)}", float(seconds), 0)
    spent, grown, found = told.split(" ", 2)
    return Answer(found, float(spent), int(grown))


def _limit(seconds: int, megabytes: int) -> None:
    if sys.platform == "linux":
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        size = int(pages) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + (megabytes << 20),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def reading(content: bytes, name: str) -> str:
    """How many documents and rejects a reader gives, and the reason of the last reject or of the error."""
    documents = rejects = 0
    said = ""
    try:
        for one in read(io.BytesIO(content), name, Options()):
            documents += isinstance(one, Document)
            if isinstance(one, Reject):
                rejects, said = rejects + 1, one.reason
    except InputError as error:
        rejects, said = rejects + 1, error.reason
    assert documents or said or name.startswith("a.csv"), "neither an answer nor a reason"
    assert "\n" not in said
    return f"{documents} documents, {rejects} rejects {said}"


def scoring(text: str, scorer: Scorer) -> str:
    """The verdict on a text, all of whose evidence is looked at."""
    score = scorer.score(text, explain=True)
    for one in score.evidence:
        assert all(0 <= start < end <= len(text) for start, end in one.spans), one.name
    if score.logit is not None and score.bias is not None:
        total = score.bias + sum(one.contribution for one in score.evidence)
        assert abs(total - score.logit) < 1e-6, (total, score.logit)
    return f"{score.verdict} {score.reason or score.score}"
