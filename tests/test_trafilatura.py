"""What trafilatura makes of a page goes in as it comes: as a file, as a folder of files, as a record."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import trafilatura

import quality
from quality.document import Document
from quality.readers import read

PAGE = (Path(__file__).parent / "files" / "article.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("links", "state"), [(True, "present"), (False, "unknown")])
@pytest.mark.parametrize("metadata", [True, False])
def test_its_json(links: bool, state: str, metadata: bool) -> None:
    options: dict[str, Any] = {"output_format": "json", "include_links": links, "with_metadata": metadata}
    written = trafilatura.extract(PAGE, url="https://news.example.org/2024/05/bridge", **options)
    (document,) = read(io.BytesIO(written.encode()), "bridge.json")
    assert isinstance(document, Document)
    told = json.loads(written)
    assert (document.text, document.links) == (told["text"], state)
    assert (document.url, document.title) == ((told["source"], told["title"]) if metadata else ("", ""))
    assert document.record == told
    (score,) = quality.load().score_records([told])
    assert score == quality.load().score_many([document])[0]
