"""Every command of the program, for the tests that go through all of them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from quality.cli import quality

Words = tuple[str, ...]


def commands(command: click.Command = quality, path: Words = ()) -> Iterator[tuple[Words, click.Command]]:
    """Every command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))
