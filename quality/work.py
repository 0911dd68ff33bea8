"""Work: what is done with one chunk, by whichever process: read, score, write as bytes, count."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import NamedTuple

from quality import memory, readers
from quality.chunks import Failed, Lines, Named, Piece, Records
from quality.document import Document
from quality.errors import InputError, reason
from quality.inputs import opened
from quality.model import Score
from quality.readers import Options, Reject
from quality.readers.compressed import unpacked
from quality.scorer import Scorer
from quality.tally import Tally
from quality.writers.base import Scored
from quality.writers.forms import Kind
from quality.writers.records import Record, dumped


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with every record. ``only``: verdicts to write; empty for all. ``skip``: a file of records
    scored before. ``shortest``: words under which a text gets no score."""

    kind: Kind
    model: str | None = None
    threshold: float | None = None
    reading: Options = readers.DEFAULT
    explain: bool = False
    drop_text: bool = False
    only: tuple[str, ...] = ()
    skip: str | None = None
    shortest: int = 0

    def scorer(self) -> Scorer:
        """The scorer of the model, with the threshold."""
        scorer = Scorer.load(self.model)
        return scorer if self.threshold is None else scorer.with_threshold(self.threshold)


class Result(NamedTuple):
    """What came of a chunk: bytes of output and of rejects, inputs that failed, counts."""

    output: bytes
    rejects: bytes
    failed: tuple[Failed, ...]
    tally: Tally


class Found(NamedTuple):
    """A document, and the line it came as."""

    document: Document
    line: bytes | None = None


class Worker:
    """Does a task with chunks. The model is loaded once, unless a scorer is at hand."""

    def __init__(self, task: Task, scorer: Scorer | None = None) -> None:
        self.task = task
        if scorer is None:  # a process of the batch's own
            memory.keep()
        self.scorer = scorer or task.scorer()
        self.scored_before = ids(task.skip, task.reading) if task.skip else frozenset()

    def __call__(self, pieces: Sequence[Piece]) -> Result:
        """Read, score, write and count some pieces."""
        found = list(chain.from_iterable(map(self._found, pieces)))
        fresh = [one for one in found if not isinstance(one, Found) or one.document.id not in self.scored_before]
        done = self._done(fresh)
        records = [one for one in done if isinstance(one, Record)]
        kept = [one for one in records if not self.task.only or one.scored.score.verdict in self.task.only]
        output = self.task.kind.encode(kept, self.task.reading if self.task.drop_text else None)
        failed = tuple(one for one in done if isinstance(one, Failed))
        rejects = [one for one in done if isinstance(one, Reject)]
        tally = count(records)._replace(
            read=len(found) - len(failed), rejected=len(rejects), skipped=len(found) - len(fresh), written=len(kept),
            failed=len(failed),
        )  # fmt: skip
        return Result(output, b"".join(_line(one) for one in done if not isinstance(one, Record)), failed, tally)

    def done(self, pieces: Sequence[Piece]) -> list[Record | Reject | Failed]:
        """What comes of each record of some pieces, in their order."""
        return self._done(list(chain.from_iterable(map(self._found, pieces))))

    def _done(self, found: Sequence[Found | Reject | Failed]) -> list[Record | Reject | Failed]:
        scores = iter(self._scores([one.document for one in found if isinstance(one, Found)]))
        return [self._scored(one, next(scores)) if isinstance(one, Found) else one for one in found]

    def _found(self, piece: Piece) -> Iterator[Found | Reject | Failed]:
        if isinstance(piece, Lines):
            yield from self._lines(piece)
        elif isinstance(piece, Named):
            yield from self._file(piece)
        elif isinstance(piece, Records):
            for one in piece.found:
                read = one if isinstance(one, (Document, Reject)) else one.read(self.task.reading)
                yield Found(read) if isinstance(read, Document) else read
        else:
            yield piece

    def _lines(self, piece: Lines) -> Iterator[Found | Reject]:
        from quality.readers import jsonl

        for line in jsonl.lines(io.BytesIO(piece.data), piece.source, self.task.reading, piece.first):
            if isinstance(line, Reject):
                yield line
                continue
            one = jsonl.document(line, piece.source, self.task.reading)
            yield one if isinstance(one, Reject) else Found(one, line.content)

    def _file(self, piece: Named) -> Iterator[Found | Reject | Failed]:
        try:
            with opened(piece.source) as stream:
                for one in readers.reader(piece.format)(stream, piece.source, self.task.reading):
                    yield one if isinstance(one, Reject) else Found(one)
        except Exception as error:
            yield Failed(piece.source, reason(error))

    def _scores(self, documents: list[Document]) -> Sequence[Score | str]:
        """Score of each document, or why there is none."""
        try:
            return self.scorer.score_many(documents, self.task.explain)
        except Exception:
            return [self._alone(one) for one in documents]

    def _alone(self, document: Document) -> Score | str:
        try:
            return self.scorer.score(document, self.task.explain, 0)
        except MemoryError:
            return "could not be scored: it takes more memory than there is"
        except Exception as error:
            return f"could not be scored ({type(error).__name__}: {error})"

    def _scored(self, one: Found, score: Score | str) -> Record | Reject:
        if isinstance(score, str):
            return Reject(one.document.source, "", one.document.id, score)
        if score.words < self.task.shortest:
            score = replace(
                score, score=None, verdict="abstain", reason="too short", axes=None, evidence=(), bias=None, logit=None
            )
        return Record(Scored(one.document, score), one.line)


def count(records: Sequence[Record]) -> Tally:
    """Counts of some scored records."""
    verdicts = Counter(one.scored.score.verdict for one in records)
    return Tally(
        scored=len(records) - verdicts["abstain"], abstained=verdicts["abstain"], farm=verdicts["farm"],
        suspect=verdicts["suspect"], ok=verdicts["ok"],
        characters=sum(len(one.scored.document.text) for one in records),
    )  # fmt: skip


def ids(name: str, options: Options) -> frozenset[str]:
    """Ids of the records in a file, also of those without text.

    Raises:
        InputError: when it cannot be read.
    """
    try:
        with opened(name) as stream:
            plain = unpacked(stream, name)
            found = readers.reader(readers.told(plain, name))(plain, name, options)
            return frozenset(one.id for one in found) - {""}
    except OSError as error:
        raise InputError(name, reason(error)) from None


def _line(one: Reject | Failed) -> bytes:
    reject = Reject(one.source, "", "", one.reason) if isinstance(one, Failed) else one
    return dumped(asdict(reject)) + b"\n"
