"""Scrapy as it is: crawls of a site served on loopback, with its feed export, in a process of their own."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import quality
from quality.corpus import Article

pytestmark = pytest.mark.tools
pytest.importorskip("scrapy")

ROOT = Path(__file__).parent.parent
SPIDER = """
import dataclasses, sys, threading
import scrapy
from quality.scorer import Scorer

plain = Scorer.score_records


def watched(*args):
    if threading.current_thread() is threading.main_thread():
        print("BLOCKED THE REACTOR", file=sys.stderr)
    return plain(*args)


Scorer.score_records = watched


class News(scrapy.Item):
    url, title, text, quality = scrapy.Field(), scrapy.Field(), scrapy.Field(), scrapy.Field()


class Bare(scrapy.Item):
    url, title, text = scrapy.Field(), scrapy.Field(), scrapy.Field()


@dataclasses.dataclass
class Kept:
    url: str
    title: str
    text: str
    quality: dict | None = None


class Spider(scrapy.Spider):
    name = "mill"
    kind = "dict"

    async def start(self):
        yield scrapy.Request(self.site)

    def parse(self, response):
        for link in response.css("a.article"):
            yield response.follow(link, self.article)

    def article(self, response):
        kinds = {"dict": dict, "item": News, "bare": Bare, "dataclass": Kept}
        text = "\\n\\n".join("".join(one.css("::text").getall()) for one in response.css("p"))
        yield kinds[self.kind](url=response.url, title=response.css("h1::text").get(), text=text)
"""


@pytest.fixture(scope="module")
def site(written: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of ten honest articles, ten farm pages and one without a text."""
    folder = tmp_path_factory.mktemp("site")
    chosen = [one for one in written if one.version in ("plain", "farm")][:20]
    for number, one in enumerate(chosen):
        paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in one.text.split("\n\n"))
        page = f"<!doctype html><title>{number}</title><h1>{number}</h1>{paragraphs}"
        (folder / f"{number}.html").write_text(page, encoding="utf-8")
    (folder / "20.html").write_text("<!doctype html><h1>20</h1>", encoding="utf-8")
    links = "".join(f'<a class="article" href="{number}.html">{number}</a>' for number in range(21))
    (folder / "index.html").write_text(f"<!doctype html>{links}", encoding="utf-8")
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args: Any) -> None:
        pass


def crawl(site: str, folder: Path, *settings: str, kind: str = "dict") -> tuple[list[dict[str, Any]], str]:
    """The items exported, and what was logged."""
    (folder / "spider.py").write_text(SPIDER, encoding="utf-8")
    pipelines = json.dumps({"quality.integrations.scrapy.QualityPipeline": 300})
    command = [sys.executable, "-m", "scrapy", "runspider", "spider.py", "-O", "items.jsonl"]
    command += ["-a", f"site={site}", "-a", f"kind={kind}", "-s", f"ITEM_PIPELINES={pipelines}"]
    command += [word for one in settings for word in ("-s", one)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    items = folder / "items.jsonl"
    text = items.read_text(encoding="utf-8") if items.exists() else ""
    return [json.loads(line) for line in text.splitlines()], done.stderr


def stats(log: str) -> dict[str, int]:
    return {name: int(value) for name, value in re.findall(r"'quality/(\w+)': (\d+)", log)}


@pytest.mark.parametrize("kind", ["dict", "item", "dataclass"])
def test_annotates_by_default(kind: str, site: str, tmp_path: Path) -> None:
    items, log = crawl(site, tmp_path, kind=kind)
    assert "BLOCKED" not in log
    assert "Deprecat" not in log
    assert len(items) == 21
    scored = [one for one in items if one.get("quality")]
    assert len(scored) == 20
    for one in scored:
        text = quality.Document(one["text"], url=one["url"])
        assert one["quality"]["score"] == pytest.approx(quality.score(text).score, abs=1e-9)
    verdicts = [one["quality"]["verdict"] for one in scored]
    assert stats(log) == {verdict: verdicts.count(verdict) for verdict in set(verdicts)} | {"rejected": 1}
    assert "not scored: " in log
    assert "its text is empty" in log


def test_agrees_with_batch(site: str, tmp_path: Path) -> None:
    items, _ = crawl(site, tmp_path, "QUALITY_EXPLAIN=1")
    command = [sys.executable, "-m", "quality", "batch", "items.jsonl", "-o", "again.jsonl", "--explain", "--quiet"]
    subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    again = [json.loads(line) for line in (tmp_path / "again.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["quality"] for one in items if "quality" in one] == [one["quality"] for one in again]


def test_drops_only_when_asked(site: str, tmp_path: Path) -> None:
    items, log = crawl(site, tmp_path, "QUALITY_DROP=farm,suspect", "QUALITY_THRESHOLD=0.9")
    found = stats(log)
    assert found["farm"] > 5
    assert found["dropped"] == found["farm"] + found.get("suspect", 0) == 21 - len(items)
    assert "Dropped: quality: farm (0.9" in log


def test_an_item_without_the_field_is_kept(site: str, tmp_path: Path) -> None:
    items, log = crawl(site, tmp_path, kind="bare")
    assert len(items) == 21
    assert stats(log)["no_field"] == 20
    assert "Bare has no field 'quality', so its score is lost: declare one" in log


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("QUALITY_DROP=junk", "QUALITY_DROP: junk: a verdict is farm, suspect, ok, abstain"),
        ("QUALITY_MODEL=nowhere", "nowhere: no model here"),
        ("QUALITY_THRESHOLD=2", "a threshold lies between 0 and 1, not at 2.0"),
    ],
)
def test_settings_that_cannot_be(setting: str, said: str, site: str, tmp_path: Path) -> None:
    items, log = crawl(site, tmp_path, setting)
    assert (items, said in log) == ([], True)


def test_called_with_a_spider_and_without(tmp_path: Path) -> None:
    """As older and newer versions of Scrapy call it."""
    import asyncio

    from scrapy.utils.test import get_crawler

    from quality.integrations.scrapy import QualityPipeline

    pipeline = QualityPipeline.from_crawler(get_crawler())
    for spider in ((), (object(),)):
        item = asyncio.run(pipeline.process_item({"body": "Too few words."}, *spider))
        assert item["quality"]["reason"] == "too short"
