"""Service: what is answered, by one scorer and one pool of threads. Nothing else is kept between requests."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple, TypeVar, cast, get_args

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from quality import readers
from quality.chunks import Lines
from quality.document import Document
from quality.errors import InputError
from quality.lines import blocks
from quality.readers import Options, Reject, jsonl
from quality.scorer import Scorer
from quality.serve.limits import RETRY, Limits
from quality.serve.metrics import Metrics
from quality.serve.problem import told
from quality.work import Task, Worker
from quality.writers import Scored, Style, writer
from quality.writers.forms import Kind
from quality.writers.records import Record, dumped, json_lines

SOURCE = "request"
"""The source of a text that came in a request."""

BLOCK = 128 << 10
"""Bytes of JSON lines that are scored and sent together."""

LinksSaid = Literal["auto", "present", "unknown"]
T = TypeVar("T")


class Wish(NamedTuple):
    """What a request asks for."""

    explain: bool = False
    drop_text: bool = False
    links: LinksSaid = "auto"


@dataclass(eq=False)
class Service:
    """Answers requests; ``under_way`` of them now."""

    scorer: Scorer
    limits: Limits
    metrics: Metrics
    under_way: int = 0
    left_behind: set[Future[object]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.limits.threads, "score")
        # What is loaded when it is first needed is loaded now, and the first request waits for nothing.
        self.scorer.score(Document("Quelques mots d'une autre langue, pour savoir laquelle. " * 9))
        document(b"<p>A page.</p>", "html", "", Options())

    def enter(self) -> bool:
        """Take a place, if there is one; threads whose work nobody waits for any more hold theirs."""
        free = self.under_way + len(self.left_behind) < self.limits.requests
        self.under_way += free
        return free

    def leave(self) -> None:
        """Give a place back."""
        self.under_way -= 1

    async def score(self, content: bytes, format: str, charset: str, wish: Wish) -> Scored:
        """Score of the one text of a body.

        Raises:
            HTTPException: 422 when there is no text in it, 503 when it takes too long.
        """
        return await self._in_thread(lambda: self._score(content, format, charset, wish))

    async def report(self, content: bytes, format: str, charset: str, wish: Wish) -> str:
        """The page about the one text of a body; raises as `score` does."""
        return await self._in_thread(
            lambda: "".join(writer("html")([self._score(content, format, charset, wish)], Style()))
        )

    async def lines(self, content: bytes, wish: Wish) -> AsyncIterator[bytes]:
        """A line for each line of a body that is not blank, in order: its record, or ``{"reject": ...}``.

        When time is up, a last line ``{"problem": ...}`` says from which line on there are no scores.
        """
        worker = Worker(Task(Kind(".jsonl"), reading=_reading(wish), explain=wish.explain), self.scorer)
        for piece in _pieces(content, self.limits.body):
            try:
                yield await self._in_thread(partial(self._lines, worker, piece, wish))
            except HTTPException as error:
                detail = f"{error.detail}: there are none from line {piece.first} on"
                yield dumped({"problem": told(error.status_code, detail)}) + b"\n"
                return

    def _score(self, content: bytes, format: str, charset: str, wish: Wish) -> Scored:
        found = document(content, format, charset, _reading(wish))
        if isinstance(found, Reject):
            self.metrics.rejects.inc()
            raise HTTPException(422, found.reason)
        scored = Scored(found, self.scorer.score(found, wish.explain))
        self.metrics.count(scored)
        return scored

    def _lines(self, worker: Worker, piece: Lines, wish: Wish) -> bytes:
        return b"".join(self._line(one, worker, wish) for one in worker.done([piece]))

    def _line(self, one: Record | object, worker: Worker, wish: Wish) -> bytes:
        if isinstance(one, Record):
            self.metrics.count(one.scored)
            return json_lines([one], worker.task.reading if wish.drop_text else None)
        assert isinstance(one, Reject)
        self.metrics.rejects.inc()
        return dumped({"reject": one}) + b"\n"

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """What ``work`` gives, done in the pool. Work that was begun cannot be stopped, only left behind."""
        future = self.pool.submit(work)
        waiting = asyncio.wrap_future(future)
        try:
            await asyncio.wait({waiting}, timeout=self.limits.seconds)
            if not waiting.done():
                raise HTTPException(503, f"no score within {self.limits.seconds:g} seconds", RETRY)
        finally:
            if not future.done() and not future.cancel():
                waiting.add_done_callback(_heard)
                self.left_behind.add(cast("Future[object]", future))
                future.add_done_callback(lambda _: self.left_behind.discard(cast("Future[object]", future)))
        return waiting.result()


def _heard(waiting: asyncio.Future[T]) -> None:
    """Nobody waits for this, whatever came of it."""
    if not waiting.cancelled():
        waiting.exception()


def wish(query: QueryParams) -> Wish:
    """What the query of a request asks for.

    Raises:
        HTTPException: 400 for what cannot be asked for.

    >>> wish(QueryParams("explain=true"))
    Wish(explain=True, drop_text=False, links='auto')
    """
    if unknown := sorted(set(query) - set(Wish._fields)):
        raise HTTPException(400, f"no such option: {', '.join(unknown)}; there are {', '.join(Wish._fields)}")
    if doubled := [name for name in Wish._fields if len(query.getlist(name)) > 1]:
        raise HTTPException(400, f"{', '.join(doubled)}: said more than once")
    links = query.get("links", "auto")
    if links not in get_args(LinksSaid):
        raise HTTPException(400, f"links is one of {', '.join(get_args(LinksSaid))}")
    return Wish(_flag(query, "explain"), _flag(query, "drop_text"), cast(LinksSaid, links))


def _flag(query: QueryParams, name: str) -> bool:
    value = query.get(name, "false")
    if value not in {"true", "false"}:
        raise HTTPException(400, f"{name} is true or false")
    return value == "true"


def _reading(wish: Wish) -> Options:
    return Options(links=wish.links)


def _pieces(content: bytes, longest: int) -> Iterator[Lines]:
    first = 1
    for _, data in blocks(io.BytesIO(content), BLOCK, longest):
        yield Lines(SOURCE, data, first)
        first += data.count(b"\n")


def document(content: bytes, format: str, charset: str, reading: Options) -> Document | Reject:
    """Document of a body that is one text, or a reject.

    >>> document(b"caf\\xe9", "text", "latin-1", Options()).text
    'café'
    """
    try:
        if charset:
            content = "\ufeff".encode() + content.decode(charset).encode().removeprefix("\ufeff".encode())
        if format == "json":
            return jsonl.document(jsonl.Line(1, content.removeprefix(b"\xef\xbb\xbf")), SOURCE, reading)
        return next(readers.reader(format)(io.BytesIO(content), SOURCE, reading))
    except UnicodeError:
        return Reject(SOURCE, "", "", "is not in the charset that its content type says")
    except InputError as error:
        return Reject(SOURCE, "", "", error.reason)
