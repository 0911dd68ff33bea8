"""``quality batch``: score many records in one stream."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Literal

import click

from quality import batch as stream
from quality import inputs, output
from quality.chunks import Cutter, size_of_chunks
from quality.cli import terminable
from quality.cli.options import Size, field_keys
from quality.errors import InputError, UsageError, reason
from quality.inputs import STDIN, Input
from quality.journal import Header
from quality.lock import held
from quality.output import File, Names, Output, Stream
from quality.progress import Progress
from quality.readers import FORMATS, Options
from quality.remote import is_remote
from quality.tally import Tally
from quality.terminal import tell
from quality.work import Task, Worker
from quality.writers.forms import kind_of

WORTH_A_JOB = 8 << 20  # bytes of input from which another process gains more than it takes to start
_PATH = click.Path(readable=False)  # checks nothing: it tells the shell to complete names of files
VERDICTS = ("farm", "suspect", "ok", "abstain")


def _choice(*values: str) -> click.Choice[str]:
    return click.Choice(values)


@click.command()
@click.argument("names", nargs=-1, required=True, type=_PATH, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=_PATH,
    metavar="OUT",
    help="Where to: .jsonl, .csv (also .gz, .zst), .parquet; - for standard output.",
)
@click.option("--input-format", type=_choice(*FORMATS), help="Format of all inputs, instead of telling it for each.")
@field_keys
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes.  [default: all cores, fewer for little input]"
)
@click.option("--resume", is_flag=True, help="Go on where a batch into OUT was ended; start afresh if there is none.")
@click.option(
    "--rejects",
    type=_PATH,
    metavar="FILE",
    help="Where records go that could not be read.  [default: OUT.rejects.jsonl]",
)
@click.option("--explain", is_flag=True, help="Write all evidence with bias and logit.")
@click.option("--drop-text", is_flag=True, help="Leave the text out of the output.")
@click.option(
    "--only", type=_choice(*VERDICTS), multiple=True, help="Write records of this verdict only; may be repeated."
)
@click.option(
    "--skip-scored", type=_PATH, metavar="FILE", help="Leave out records whose ids are in FILE, scored before."
)
@click.option("--model", type=_PATH, metavar="DIR", help="Use another model than the one that comes along.")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="P", help="Score from which a text is a farm page.")
@click.option(
    "--links",
    type=_choice("auto", "present", "unknown"),
    default="auto",
    show_default=True,
    help="Whether the texts still carry their links.",
)
@click.option(
    "--max-record",
    type=Size(),
    default="8M",
    show_default=True,
    metavar="SIZE",
    help="Largest record; larger ones are rejected.",
)
@click.option("--limit", type=click.IntRange(0), metavar="N", help="Stop after N records.")
@click.option(
    "--min-words",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Give texts of fewer words no score: abstain, too short.",
)
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
def batch(  # noqa: PLR0913, PLR0917 - the options are the interface
    names: tuple[str, ...], out: str, input_format: str | None, text_key: str, id_key: str, url_key: str,
    title_key: str, jobs: int | None, resume: bool, rejects: str | None, explain: bool, drop_text: bool,
    only: tuple[str, ...], skip_scored: str | None, model: str | None, threshold: float | None,
    links: Literal["auto", "present", "unknown"], max_record: int, limit: int | None, min_words: int, quiet: bool,
) -> int:  # fmt: skip
    """Score many records in one stream, in their order.

    INPUT is a file, a directory (all files below it), a pattern or - for standard input; INPUT and OUT may be addresses
    (s3://, gs://, https:// ...). Formats are told from content and name. The output holds each record as it came, and
    "quality".

    OUT appears when it is whole. Until then it is OUT.part beside OUT.journal, by which --resume goes on after any
    end.

    Exit 0; 1 when a record was rejected; 2 when an input could not be read (the others are still scored).

    \b
    Example:
      quality batch feeds/ -o scored.jsonl
      quality batch 'crawl/*.warc.gz' -o scored.parquet --jobs 8 --resume
      zcat items.jl.gz | quality batch - -o - --only farm --drop-text
    """
    reading = Options(links, max_record, text_key, id_key, url_key, title_key)
    task = Task(kind_of(out), model, threshold, reading, explain, drop_text, only, skip_scored, min_words)
    files = None if out == STDIN or is_remote(out) else Names.of(out, rejects)
    cutter = Cutter(_inputs(names, files, out), reading, input_format, limit, size_of_chunks(explain))
    worker = Worker(task)
    with held(files.lock, files.out) if files else nullcontext():
        target: Output | None = Stream(Path(rejects) if rejects else None, _tell)
        if is_remote(out):
            target = _upload(out, rejects, resume, stream.header(worker, cutter, rejects), task)
        elif files or resume:
            target = _file(files, resume, stream.header(worker, cutter, rejects), task)
        if target is None:
            _say(quiet, f"{out} is whole already")
            return 0
        with Progress(_total(cutter), target.start.tally, quiet) as progress, terminable():
            tally = _run(cutter, worker, target, jobs or _jobs(cutter.inputs), progress)
            progress.summary(tally)
    return 2 if tally.failed else int(tally.rejected > 0)


def _inputs(names: tuple[str, ...], files: Names | None, out: str) -> list[Input]:
    ours: set[Path | str] = {path.resolve() for path in files.all()} if files else set()
    ours |= {out, f"{out}.part", f"{out}.rejects.jsonl"} if is_remote(out) else set()
    if twice := next((name for name in names if name in ours or Path(name).resolve() in ours), None):
        raise UsageError(f"{twice}: is an input and written to at once")
    return inputs.expand(names, ours)


def _upload(out: str, rejects: str | None, resume: bool, header: Header, task: Task) -> Output:
    from quality.upload import Upload

    if resume:
        raise UsageError(f"{out}: an output at an address cannot be resumed; write to a file, or leave out --resume")
    return Upload.begin(out, rejects, task.kind, header)


def _file(files: Names | None, resume: bool, header: Header, task: Task) -> Output | None:
    """The output to write to; None when it is whole."""
    streams = [name for name, _, modified, problem in header["inputs"] if modified is None and not problem]
    if resume and (streams or files is None):
        raise UsageError(f"{streams[0] if streams else STDIN}: a stream cannot be resumed; use files")
    assert files is not None
    try:
        return output.resume(files, task.kind, header) if resume else output.begin(files, task.kind, header)
    except OSError as error:
        raise InputError(str(files.out), f"cannot be written: {reason(error)}") from None


def _run(cutter: Cutter, worker: Worker, target: Output, jobs: int, progress: Progress) -> Tally:
    hint = "; --resume goes on from what was written" if isinstance(target, File) else ""
    try:
        return stream.run(cutter, worker, target, jobs, progress)
    except BrokenPipeError:
        raise
    except OSError as error:
        name = str(target.names.out) if isinstance(target, File) else STDIN
        raise InputError(name, f"cannot be written: {reason(error)}{hint}") from None
    except (KeyboardInterrupt, SystemExit):
        progress.tell(f"interrupted{hint}")
        raise


def _total(cutter: Cutter) -> int | None:
    """Bytes of all inputs, where that is what will be read."""
    known = cutter.limit is None and all(one.size is not None or one.problem for one in cutter.inputs)
    return sum(one.size or 0 for one in cutter.inputs) if known else None


def _jobs(found: Sequence[Input]) -> int:
    """As many processes as there are cores, but none that takes longer to start than it would save."""
    unknown = sum(one.size is None and not one.problem for one in found)
    most = 1 + unknown + sum(one.size or 0 for one in found) // WORTH_A_JOB
    if most == 1:
        return 1
    from joblib import cpu_count

    return int(min(most, cpu_count()))


def _tell(rejects: bytes) -> None:
    """Say what was rejected where there is no file for it."""
    for line in rejects.splitlines():
        one = json.loads(line)
        if one["place"] or one["id"]:  # others are inputs that failed, and told as such
            tell(f"{one['source']}: {one['place'] or one['id']}: {one['reason']}")


def _say(quiet: bool, line: str) -> None:
    if not quiet:
        tell(line)
