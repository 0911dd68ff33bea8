"""The hook as pre-commit itself installs and runs it, in a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.tools
pytest.importorskip("pre_commit")

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT / "corpus" / "articles" / "money-bike-lease"
PARTS = ("hatch_build.py", "quality", "models", "README.md", "LICENSE", "pyproject.toml", ".pre-commit-hooks.yaml")


def git(folder: Path, *words: str) -> None:
    author = ["-c", "user.name=Una Pell", "-c", "user.email=una@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True)


def repository(folder: Path) -> Path:
    git(folder, "init")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--message", "All")
    return folder


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """What of this tree the hook is installed from."""
    folder = tmp_path / "ours"
    folder.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, folder / part)
    return repository(folder)


def test_a_farm_page_fails_the_commit(ours: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for version in ("plain", "farm"):
        text = (ARTICLES / f"{version}.md").read_text(encoding="utf-8").split("---\n", 2)[2]
        (theirs / f"{version}.md").write_text(text, encoding="utf-8")
        (theirs / f"{version}.py").write_text(text, encoding="utf-8")
    repository(theirs)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}
    environment |= {"PRE_COMMIT_HOME": str(tmp_path / "home"), "NO_COLOR": "1"}
    # What we need is here already, and takes minutes to install again.
    environment |= {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": sysconfig.get_path("purelib")}

    def run(*files: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(ours), "quality", "--files", *files]
        return subprocess.run(command, cwd=theirs, env=environment, capture_output=True, text=True, check=False)

    done = run("plain.md", "farm.md", "farm.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "farm.md" in done.stdout
    assert "farm.py" not in done.stdout
    done = run("plain.md", "farm.py")
    assert done.returncode == 0, done.stdout + done.stderr
