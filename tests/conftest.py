"""What many tests share: the model that comes with the package, a reader of the lists at hand, and the corpus."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from quality import language, store
from quality.corpus import Article, load
from quality.corpus.fetch import fetch
from quality.corpus.rows import read_rows
from quality.model import LinearModel
from quality.phrases import Phrases
from quality.train import build_lexicon
from quality.views import Reader

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
MIRROR = ROOT.parent / "shared" / "corpus"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under $QUALITY_TOOLS nothing may be skipped: it says that every tool is here."""
    report = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("QUALITY_TOOLS") and report.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def model() -> LinearModel:
    """The model that comes with the package."""
    return store.load()


@pytest.fixture(scope="session")
def listed() -> Reader:
    """A reader that knows the words and phrases of the lists, and no other word."""
    lexicon = build_lexicon([])
    return Reader(lexicon, Phrases.compile({name: language.phrases(name) for name in language.PHRASE_LISTS}, lexicon))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Article]:
    """The articles written for this project."""
    return [one for one in load(CORPUS, tmp_path_factory.mktemp("empty")) if one.origin == "written"]


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> list[Article]:
    """The public articles: from $QUALITY_CACHE, else from a mirror beside the repository."""
    cache = Path(os.environ.get("QUALITY_CACHE", ""))
    if not (cache / "files").is_dir():
        if not MIRROR.is_dir():
            pytest.skip("the public articles are not at hand")
        cache = tmp_path_factory.mktemp("cache")
        fetch(read_rows(CORPUS / "web.jsonl"), cache, MIRROR)
    return [one for one in load(CORPUS, cache) if one.origin == "web"]
