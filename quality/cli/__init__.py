"""The command line: options, one call, exit code. A command's module is imported only when that command is run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import Any, TextIO

import click

from quality.errors import CorpusError, InputError, QualityError, reason

COMMANDS = ("batch", "calibrate", "corpus", "evaluate", "model", "report", "score", "serve", "sites", "train")
"""Names of the commands; each is the function of its name in the module of its name."""

BROKEN_PIPE, INTERRUPTED, TERMINATED = 128 + 13, 128 + 2, 128 + 15  # what a shell says of a program that a signal ended


class Rooms(click.Group):
    """A group that imports a command when it is asked for, and makes an exit code of what it returns or raises."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"quality.cli.{cmd_name}"), cmd_name)
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """The context of a call; what is wrong with its words is told with nothing in it that moves a cursor."""
        with _harmless():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and exit: 0 well, 1 findings, 2 input or usage errors."""
        try:
            with _harmless():
                code = super().invoke(ctx)
            sys.stdout.flush()
        except QualityError as error:
            complain(error)
            code = 2
        except BrokenPipeError:
            _silence()  # nobody reads on
            code = BROKEN_PIPE
        except KeyboardInterrupt:
            code = INTERRUPTED
        ctx.exit(code or 0)


@contextmanager
def _harmless() -> Iterator[None]:
    """Around what raises errors of click, whose messages quote words of the command line as they are."""
    try:
        yield
    except click.ClickException as error:
        from quality.writers.base import printable

        error.message = printable(error.message)  # type: ignore[misc]
        raise


def complain(error: QualityError) -> None:
    """A line on standard error; of a corpus one for each problem."""
    from quality.terminal import tell

    for line in error.problems if isinstance(error, CorpusError) else [error]:
        tell(line)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from quality import __version__, kernel, store
    from quality.terminal import say

    say(f"quality {__version__}")
    try:
        meta = store.load().meta
    except QualityError as error:
        complain(error)
        ctx.exit(2)
    say(f"kernel {kernel.NAME}")
    say(f"model {meta['name']}:{meta['digest'][:8]} (sha256 {meta['digest']})")
    ctx.exit()


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version and the model's digest.",
)  # fmt: skip
def quality() -> None:
    """Tell content-farm articles from honest ones, with evidence.

    \b
    Example:
      quality score article.txt
    """


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM ends what is within as Ctrl-C does."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main() -> None:
    """Run the command line and exit."""
    # One text needs no threads for its arithmetic, and starting them takes as long as scoring it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = _complete(sys.stdout)
    try:
        quality(prog_name="quality")
    except OSError as error:
        _silence()
        complain(InputError(str(error.filename or "-"), f"cannot be written: {reason(error)}"))
        sys.exit(2)


def _complete(stream: TextIO) -> TextIO:
    """A stream that writes all that it is given, or raises.

    $PYTHONUNBUFFERED takes away the layer that goes on where a disk took a part only.
    """
    if not isinstance(stream, TextIOWrapper) or not isinstance(stream.buffer, RawIOBase):
        return stream
    encoding, errors = stream.encoding, stream.errors
    return TextIOWrapper(BufferedWriter(stream.detach()), encoding, errors, write_through=True)


def _silence() -> None:
    """Leave nothing to be flushed at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
