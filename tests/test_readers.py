"""Readers: the cases of ``cases/readers.json``, what each format's samples give, and what a plain text imports."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quality.document import Document
from quality.errors import InputError, UsageError
from quality.readers import FORMATS, Options, Reject, read, sniff

HERE = Path(__file__).parent
FILES = HERE / "files"
CASES: dict[str, list[dict[str, Any]]] = json.loads((HERE / "cases" / "readers.json").read_text(encoding="utf-8"))
EXTENSION = {"html": "html", "markdown": "md", "text": "txt"}


def cases(kind: str) -> pytest.MarkDecorator:
    """Parametrize a test by the cases of one kind."""
    return pytest.mark.parametrize("case", CASES[kind], ids=lambda case: case["name"])


def outcome(case: dict[str, Any]) -> Document | Reject:
    """What reading a case gives: exactly one document or reject."""
    source = case.get("source", case.get("file", "-"))
    [result] = read(io.BytesIO(content(case)), source, Options(**case.get("options", {})), case.get("read_as"))
    return result


def content(case: dict[str, Any]) -> bytes:
    """Bytes of a case: a file's, in hex, or text in an encoding."""
    if "file" in case:
        return (FILES / str(case["file"])).read_bytes()
    return bytes.fromhex(case["hex"]) if "hex" in case else str(case["content"]).encode(case.get("encoding", "utf-8"))


@cases("documents")
def test_document(case: dict[str, Any]) -> None:
    result = outcome(case)
    assert isinstance(result, Document)
    for name in ("text", "id", "title", "url", "links"):
        assert name not in case or getattr(result, name) == case[name]
    assert result.text.startswith(case.get("starts", ""))
    assert all(part in result.text for part in case.get("holds", []))
    assert not any(part in result.text for part in case.get("lacks", []))
    assert "format" not in case or sniff(content(case), case.get("file", "-")) == case["format"]
    if "extraction" in case:
        low, high = case["extraction"]
        assert result.extraction is not None
        assert low <= result.extraction <= high
    else:
        assert (result.extraction is None) == (case.get("format") != "html")


@cases("rejects")
def test_reject(case: dict[str, Any]) -> None:
    result = outcome(case)
    assert isinstance(result, Reject)
    assert case["reason"] in result.reason
    assert result.source == result.id == case["file"]


@cases("errors")
def test_error(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        outcome(case)
    assert case["reason"] in caught.value.reason
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("case", CASES["sniff"], ids=lambda case: f"{case['name']}: {case['content'][:20]}")
def test_sniff(case: dict[str, Any]) -> None:
    assert sniff(case["content"].encode(), case["name"]) == case["format"]


def test_sniff_is_quick_on_many_comments() -> None:
    assert sniff(b"<!---->" * 600, "a") == "text"


def test_text_is_kept_exactly() -> None:
    raw = (FILES / "article.md").read_bytes()
    [document] = read(io.BytesIO(raw), "article.md")
    assert isinstance(document, Document)
    assert document.text == raw.decode()


def test_format_can_be_given() -> None:
    [document] = read(io.BytesIO(b"<html><p>Words.</p>"), "a.html", format="text")
    assert isinstance(document, Document)
    assert document.text == "<html><p>Words.</p>"
    with pytest.raises(UsageError, match="no reader of format 'docx'"):
        read(io.BytesIO(b"x"), "a", format="docx")


@pytest.mark.parametrize("name", sorted(set(FORMATS) & set(EXTENSION)))
def test_every_format_has_a_good_and_a_damaged_sample(name: str) -> None:
    good, damaged = (FILES / f"{stem}.{EXTENSION[name]}" for stem in ("article", "damaged"))
    assert isinstance(next(read(io.BytesIO(good.read_bytes()), good.name)), Document)
    assert reason(damaged)


def reason(path: Path) -> str:
    """Why a file, or its first record, cannot be read."""
    try:
        first = next(read(io.BytesIO(path.read_bytes()), path.name))
    except InputError as error:
        return error.reason
    assert isinstance(first, Reject)
    return first.reason


def test_a_plain_text_imports_no_extractor() -> None:
    program = (
        "import io, sys; from quality.readers import read; list(read(io.BytesIO(b'Words.'), 'a.txt'));"
        "heavy = {'trafilatura', 'sklearn', 'lxml', 'numpy', 'yaml', 'requests', 'charset_normalizer'};"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.strip()) == (0, "")
