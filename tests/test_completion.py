"""Completion in the shells themselves: commands, options, choices and names of files, as somebody presses Tab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from commands import Words, commands

pytestmark = pytest.mark.tools

ROOT = Path(__file__).parent.parent
FILES = ("FILE", "DIR", "INPUT", "OUT", "MODEL", "[MODEL]", "[FILE", "FOLDER")

BASH = """
eval "$(_QUALITY_COMPLETE=bash_source quality)"
while IFS= read -r line; do
    IFS=" " read -ra COMP_WORDS <<< "$line"
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
    compopt() { COMPREPLY+=("<$2>"); }
    _quality_completion quality
    echo "$line=${COMPREPLY[*]}"
done
"""
ZSH = """
compdef() { : }
_describe() { local -a all; all=("${(@P)3}"); printf ' %s' "${all[@]%%:*}" }
compadd() { local -a all; all=("${(@P)@[-1]}"); printf ' %s' "${all[@]}" }
_path_files() { [[ $1 == -/ ]] && printf ' <dirnames>' || printf ' <default>' }
eval "$(_QUALITY_COMPLETE=zsh_source quality)"
while IFS= read -r line; do
    words=(${=line})
    [[ $line == *" " ]] && words+=("")
    CURRENT=${#words}
    printf '%s=' "$line"; _quality_completion; echo
done
"""
FISH = """
_QUALITY_COMPLETE=fish_source quality | source
while read -l line
    echo "$line="(complete -C "$line" | string replace -r "\\t.*" "" | string join " ")
end
"""
SOME = ("--", "model", "score", "batch")
SHELLS = {"bash": ["bash", "-c", BASH], "zsh": ["zsh", "-f", "-c", ZSH], "fish": ["fish", "-c", FISH]}


def expected() -> dict[str, set[str]]:
    """What somebody may have typed, and what must be offered then."""
    typed: dict[str, set[str]] = {}
    for words, command in commands():
        path = " ".join(("quality", *words))
        options = [one for one in command.params if isinstance(one, click.Option)]
        typed[f"{path} --"] = {name for one in options for name in one.opts if name.startswith("--")} | {"--help"}
        if isinstance(command, click.Group):
            typed[f"{path} "] = set(command.list_commands(click.Context(command)))
    typed["quality score --format "] = {"text", "json", "jsonl"}
    typed["quality batch --only f"] = {"farm"}
    return typed


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the program, and one with an article."""
    (tmp_path / "quality").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m quality "$@"\n', encoding="utf-8")
    (tmp_path / "quality").chmod(0o755)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "mill.txt").touch()
    return tmp_path


def complete(shell: str, typed: list[str], place: Path) -> dict[str, set[str]]:
    """What the shell offers after each line typed."""
    path = f"{place}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(place), "TERM": "dumb"}
    done = subprocess.run(
        SHELLS[shell], input="".join(line + "\n" for line in typed), cwd=place / "articles", env=environment,
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [line.partition("=") for line in done.stdout.splitlines()]
    return {line: set(offered.split()) for line, _, offered in found}


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_and_options(shell: str, place: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    wanted = expected()
    if shell != "bash":  # what is offered is the same for all; what takes it up in the shell is each one's own
        wanted = {line: names for line, names in wanted.items() if line.removeprefix("quality ").startswith(SOME)}
    offered = complete(shell, list(wanted), place)
    lacking = {line: names - offered.get(line, set()) for line, names in wanted.items()}
    assert {line: names for line, names in lacking.items() if names} == {}


@pytest.mark.parametrize("shell", SHELLS)
def test_names_of_files(shell: str, place: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    for line, offered in complete(shell, ["quality batch ", "quality score ", "quality batch a -o "], place).items():
        assert offered & {"<default>", "mill.txt"}, line


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=str)
def test_what_names_a_file_is_completed_as_one(path: Words, command: click.Command) -> None:
    del path
    named = [one for one in command.params if str(one.metavar or "").startswith(FILES)]
    assert [one.name for one in named if not isinstance(one.type, click.Path)] == []
