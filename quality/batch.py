"""Batch: ordered streaming over many documents, in one process or in several.

Inputs -> chunks -> workers (read, score, write as bytes) -> output, in the order of the inputs. At any time only a few
chunks are held, however fast the inputs or slow the output: a chunk is cut when there is room for it, and its result is
taken when all before it are written.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from quality import __version__
from quality.chunks import Chunk, Cutter, Failed, Piece, Records
from quality.document import Document
from quality.errors import QualityError
from quality.inputs import expand
from quality.journal import Header
from quality.output import Output
from quality.readers import Reject
from quality.tally import Tally
from quality.work import Result, Task, Worker

AHEAD = 2  # chunks a job that are cut before they are needed
ORPHANED = 1.0  # seconds between a worker's looks whether its parent is still there


class WorkerError(QualityError):
    """A worker process ended before its work was done."""


Watch = Callable[[Tally, int, Sequence[Failed]], object]
"""Told after each chunk: the counts so far, the bytes of inputs read so far, the inputs that failed in the chunk."""


def run(cutter: Cutter, worker: Worker, output: Output, jobs: int = 1, watch: Watch | None = None) -> Tally:
    """Score inputs into an output, from where it is to start; returns the counts, with those from before.

    Raises:
        WorkerError: when a worker process dies. What was written until then stays, and can be gone on from.
        OSError: when the output cannot be written.
    """
    tally = output.start.tally
    try:
        for chunk, result in results(worker, cutter.chunks(output.start.position), jobs):
            tally += result.tally
            output.write(result.output, result.rejects, chunk.after, tally)
            if watch:
                watch(tally, chunk.consumed, result.failed)
        output.finish()
    finally:
        output.close()
    return tally


def header(worker: Worker, cutter: Cutter, rejects: str | None) -> Header:
    """What a batch is of, by the names of its options: with another of these it cannot be gone on with."""
    task, reading = worker.task, worker.task.reading
    skipped = expand([task.skip]) if task.skip else []
    options = {
        "--input-format": cutter.format, "--text-key": reading.text_key, "--id-key": reading.id_key,
        "--url-key": reading.url_key, "--title-key": reading.title_key, "--links": reading.links,
        "--max-record": reading.max_record, "--threshold": task.threshold, "--explain": task.explain,
        "--drop-text": task.drop_text, "--only": sorted(task.only), "--min-words": task.shortest,
        "--limit": cutter.limit, "--rejects": rejects, "--skip-scored": [one.key() for one in skipped],
        "version": __version__,
    }  # fmt: skip
    inputs = [one.key() for one in cutter.inputs]
    return {"model": worker.scorer.name, "options": options, "inputs": inputs}


def results(worker: Worker, chunks: Iterator[Chunk], jobs: int) -> Iterator[tuple[Chunk, Result]]:
    """Chunks with their results, in order."""
    if jobs > 1:
        yield from _parallel(worker.task, chunks, jobs)
        return
    for chunk in chunks:
        yield chunk, _outcome(chunk, partial(worker, chunk.pieces))


def _outcome(chunk: Chunk, result: Callable[[], Result]) -> Result:
    try:
        return result()
    except Exception as error:
        raise WorkerError(f"{_source(chunk)}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    from concurrent.futures import BrokenExecutor

    if isinstance(error, BrokenExecutor):
        return "a worker process died near here (out of memory?); --resume goes on, --jobs 1 needs least memory"
    return f"cannot be scored ({type(error).__name__}: {error})"


def _source(chunk: Chunk) -> str:
    """An input that a chunk is of."""
    for piece in chunk.pieces:
        if not isinstance(piece, Records):
            return piece.source
        if known := [one.source for one in piece.found if isinstance(one, (Document, Reject))]:
            return known[0]
    return "an input"


def _parallel(task: Task, chunks: Iterator[Chunk], jobs: int) -> Iterator[tuple[Chunk, Result]]:
    from joblib.externals.loky import ProcessPoolExecutor, process_executor

    # Loky looks for the children of a worker by pgrep, which not every machine has, and which a signal to the whole
    # group ends too; then it waits for ever. Our workers have no children.
    process_executor.kill_process_tree = _kill
    waiting: deque[tuple[Chunk, Any]] = deque()
    pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(task, os.getpid()))
    try:
        with _undisturbed():
            pool.submit(os.getpid)  # starts all workers
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_work, chunk.pieces)))
            if len(waiting) > AHEAD * jobs:
                first, future = waiting.popleft()
                yield first, _outcome(first, future.result)
        for first, future in waiting:
            yield first, _outcome(first, future.result)
    finally:
        _end(pool)


def _kill(process: Any, use_psutil: bool = True) -> None:
    """End a worker, whatever it is at."""
    del use_psutil
    with suppress(OSError):  # it ended before
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.join()


def _end(pool: Any) -> None:
    """End all workers at once, whatever they are at."""
    before = threading.excepthook
    # Work that is taken away while it is handed out makes loky's thread stumble after it ended the workers.
    threading.excepthook = lambda args: None
    try:
        pool.shutdown(wait=True, kill_workers=True)
    finally:
        threading.excepthook = before


@contextmanager
def _undisturbed() -> Iterator[None]:
    """What is started within never hears of Ctrl-C: its parent ends it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_worker: Worker


def _start(task: Task, parent: int) -> None:
    global _worker  # noqa: PLW0603 - a process does one task in its life
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # sent to the whole group, it is the parent who answers
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _worker = Worker(task)


def _end_with(parent: int) -> None:
    """Nobody waits for the results of a process whose parent was killed."""
    while os.getppid() == parent:
        time.sleep(ORPHANED)
    os._exit(1)


def _work(pieces: Sequence[Piece]) -> Result:
    return _worker(pieces)
