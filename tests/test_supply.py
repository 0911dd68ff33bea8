"""What is installed and what is shipped: a lock that fits, licences in a list, a wheel that is made twice alike."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKED = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements-ci.txt").read_text(encoding="utf-8"), re.M))
IN_CI = ("lint", "all", "fuzz", "test", "formats", "feeds", "parquet", "warc", "zstd", "corpus")
"""Extras that the lock is made for, and those that they are made of."""


def wanted() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for name in IN_CI for line in extras[name])]
    return [one for one in map(Requirement, lines) if one.name != "quality"]


@pytest.mark.parametrize("one", wanted(), ids=str)
def test_the_lock_holds_what_the_project_asks_for(one: Requirement) -> None:
    """If not: the command that makes it again is at its top."""
    assert one.specifier.contains(LOCKED[canonicalize_name(one.name)])


def test_every_locked_package_has_sums_and_no_address() -> None:
    text = (ROOT / "requirements-ci.txt").read_text(encoding="utf-8")
    packages = re.split(r"\n(?=\S)", text.split("\n\n")[-1])
    assert all("--hash=sha256:" in one for one in packages if "==" in one)
    assert "://" not in text


def test_licences_are_listed() -> None:
    """`python .ci/licences.py > docs/licences.md` makes the list; every package at hand that is needed is in it."""
    listed = set(re.findall(r"^\| ([\w-]+) \|", (ROOT / "docs" / "licences.md").read_text(encoding="utf-8"), re.M))
    run = subprocess.run([sys.executable, ".ci/licences.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    now = dict(re.findall(r"^\| ([\w-]+) \| (.*) \|", run.stdout, re.M)) | {}
    now.pop("package", None)
    assert set(now) <= listed
    assert [name for name, licence in now.items() if not licence] == []


def wheel(folder: Path, source: Path) -> Path:
    """A wheel of a copy of the repository."""
    code = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "PYTHONPATH": ""}
    subprocess.run([sys.executable, "-c", code], cwd=source, env=environment, capture_output=True, check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two wheels, built apart: of two copies of the files under version control, written at different times."""
    pytest.importorskip("hatchling", reason="needs hatchling")
    built = []
    for name in ("one", "two"):
        source = tmp_path_factory.mktemp(name)
        files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        for path in sorted(filter(None, files.stdout.split("\0")), reverse=name == "two"):
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes((ROOT / path).read_bytes())
        built.append(wheel(tmp_path_factory.mktemp("dist"), source))
    return built[0], built[1]


@pytest.mark.tools
def test_the_wheel_is_the_same_twice(wheels: tuple[Path, Path]) -> None:
    one, two = wheels
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.tools
def test_the_wheel_holds_the_model_and_no_text_of_the_corpus(wheels: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(wheels[0]) as packed:
        names = packed.namelist()
        whole = b"".join(packed.read(name) for name in names)
    models = {f"quality/models/{path.relative_to(ROOT / 'models')}" for path in (ROOT / "models").rglob("*.*")}
    assert models <= set(names)
    assert all(name.startswith(("quality/", "quality-")) for name in names)
    assert not [name for name in names if re.search(r"corpus/(articles|singles)/|web\.jsonl|seeds|/tests/", name)]
    for path in sorted((ROOT / "corpus").glob("*/*/*.md"))[::40]:
        longest = max(path.read_text(encoding="utf-8").split("---\n", 2)[2].splitlines(), key=len)
        assert longest.encode() not in whole, path


@pytest.mark.tools
def test_every_tool_is_of_a_version_in_the_lock() -> None:
    for name, version in LOCKED.items():
        try:
            found = distribution(name).version
        except PackageNotFoundError:
            continue
        assert not os.environ.get("QUALITY_TOOLS") or found == version, name
