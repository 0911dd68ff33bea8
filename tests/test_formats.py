"""Formats of exports, feeds and archives: the cases of ``cases/formats.json``, a good and a damaged sample of each."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from quality.document import Document
from quality.errors import InputError
from quality.readers import FORMATS, Options, Reject, compressed, read, reader, sniff
from quality.readers.base import link_state
from quality.readers.fragment import markdown
from quality.readers.pages import Chunk, PageError, chunks, pages
from quality.readers.thrift import Compact, ThriftError

HERE = Path(__file__).parent
FILES = HERE / "files"
CASES: dict[str, list[dict[str, Any]]] = json.loads((HERE / "cases" / "formats.json").read_text(encoding="utf-8"))
PAGE = (FILES / "article.html").read_bytes()
DEFAULT = Options()
WORDS = b"The mill at Corran Ford stopped on Tuesday."
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": lambda content: zstandard.ZstdCompressor().compress(content),
}


def a_parquet() -> bytes:
    """Two rows in two row groups, the second without a text."""
    table = pyarrow.table({"id": ["a", "b"], "Text": [WORDS.decode(), None], "tags": [["mill"], []]})
    parquet.write_table(table, sink := io.BytesIO(), row_group_size=1)
    return sink.getvalue()


def a_warc() -> bytes:
    """A page, one of each kind that is none, a plain text, and a text as WET has it."""

    def record(kind: str, path: str, media: str, body: bytes, status: str = "") -> bytes:
        http = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n".encode() if status else b""
        told = "application/http" if status else media
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:{path}>\r\nContent-Type: {told}\r\n"
            f"WARC-Target-URI: https://news.example.org/{path}\r\nContent-Length: {len(http + body)}\r\n\r\n"
        )
        return head.encode() + http + body + b"\r\n\r\n"

    return (
        record("response", "page", "text/html; charset=utf-8", PAGE, "200 OK")
        + record("response", "gone", "text/html", b"Gone.", "404 Not Found")
        + record("response", "image", "image/png", b"\x89PNG", "200 OK")
        + record("request", "page", "text/plain", b"")
        + record("revisit", "again", "text/html", b"", "200 OK")
        + record("response", "words", "text/plain", WORDS, "200 OK")
        + record("conversion", "wet", "text/plain", WORDS)
    )


def an_arc() -> bytes:
    """A page in the format before WARC."""
    http = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
    head = b"1 0 Corran\nURL IP-address Archive-date Content-type Archive-length\n\n"
    first = b"filedesc://a.arc 0.0.0.0 20240501000000 text/plain %d\n%b" % (len(head), head)
    return first + b"https://news.example.org/page 192.0.2.1 20240501000000 text/html %d\n%b\n" % (len(http), http)


SAMPLES: dict[str, tuple[str | Callable[[], bytes], str | Callable[[], bytes]]] = {
    "jsonl": ("items.jsonl", "items-damaged.jsonl"),
    "json": ("items.json", "items-damaged.json"),
    "csv": ("items.csv", "items-damaged.csv"),
    "feed": ("feed.xml", "feed-damaged.xml"),
    "opml": ("feeds.opml", "feeds-damaged.opml"),
    "html": ("article.html", "damaged.html"),
    "markdown": ("article.md", "damaged.md"),
    "text": ("article.txt", "damaged.txt"),
    "parquet": (a_parquet, lambda: a_parquet()[:-20]),
    "warc": (a_warc, lambda: a_warc()[:-60]),
}
"""Format -> a good and a damaged sample: a file, or what makes one."""


# Values of Parquet that Python has none for: the row is read all the same, or it alone is rejected.
YEARS = pyarrow.timestamp("us")
ODD_VALUES: dict[str, tuple[Any, str]] = {
    "nanoseconds": (pyarrow.array([1], pyarrow.timestamp("ns")), "1970-01-01 00:00:00.000000001"),
    "a year beyond all": (pyarrow.array([2**62], YEARS), "<value out of range: 4611686018427387904>"),
    "a day beyond all": (pyarrow.array([2**31 - 1], pyarrow.date32()), "<value out of range: 2147483647>"),
    "a year in a struct": (
        pyarrow.array([{"a": 2**62}], pyarrow.struct({"a": pyarrow.timestamp("us")})),
        "{'a': '<value",
    ),
    "a year in a list": (pyarrow.array([[2**62]], pyarrow.list_(YEARS)), "['<value out of range"),
    "a time zone of nowhere": (pyarrow.array([1], pyarrow.timestamp("us", "Mars/Olympus")), ""),
    "no UTF-8": (pyarrow.array([b"\xff"], pyarrow.binary()).view(pyarrow.string()), ""),
}


def sample(which: str | Callable[[], bytes], form: str) -> tuple[bytes, str]:
    """Bytes and name of a sample."""
    if callable(which):
        return which(), f"sample.{form}"
    return (FILES / which).read_bytes(), str(FILES / which)


def outcome(content: bytes, source: str, options: Options = DEFAULT, form: str | None = None) -> list[Any]:
    """What reading gives, an error as the last of it."""
    found: list[Any] = []
    try:
        found += read(io.BytesIO(content), source, options, form)
    except InputError as error:
        found.append(error)
    return found


def content(case: dict[str, Any]) -> bytes:
    """Bytes of a case: a file's, in hex, or text; ``repeat``: a name in it -> what stands there how often."""
    if "file" in case:
        return (FILES / str(case["file"])).read_bytes()
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    text = str(case["content"])
    for name, (part, times) in case.get("repeat", {}).items():
        text = text.replace(f"{{{name}}}", part * times)
    return text.encode(case.get("encoding", "utf-8"))


@pytest.mark.parametrize("case", CASES["records"], ids=lambda case: case["name"])
def test_records(case: dict[str, Any]) -> None:
    source = str(FILES / case["file"]) if "file" in case else case.get("source", "-")
    found = outcome(content(case), source, Options(**case.get("options", {})), case.get("format"))
    assert len(found) == len(case["gives"]), found
    for one, expected in zip(found, case["gives"], strict=True):
        assert isinstance(one, Document) == ("reason" not in expected), one
        for name, value in expected.items():
            assert value in one.reason if name == "reason" else getattr(one, name) == value, (name, one)


@pytest.mark.parametrize("case", CASES["sniff"], ids=lambda case: f"{case['name']}: {case['content'][:20]!r}")
def test_sniff(case: dict[str, Any]) -> None:
    assert sniff(case["content"].encode(case.get("encoding", "utf-8")), case["name"]) == case["format"]


@pytest.mark.parametrize("case", CASES["html"], ids=lambda case: case["html"][:30])
def test_fragment(case: dict[str, Any]) -> None:
    assert markdown(case["html"]) == case["markdown"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_a_good_and_a_damaged_sample(form: str) -> None:
    good, damaged = (sample(which, form) for which in SAMPLES[form])
    found = outcome(*good)
    assert any(isinstance(one, Document) for one in found)
    assert not any(isinstance(one, InputError) for one in found)
    assert sniff(good[0], good[1]) == form
    bad = [one for one in outcome(*damaged) if not isinstance(one, Document)]
    assert bad
    assert all(one.reason and "\n" not in one.reason for one in bad)


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reads_the_same_from_a_compressed_stream(form: str, packing: str) -> None:
    plain, name = sample(SAMPLES[form][0], form)
    packed = PACKED[packing](plain)
    expected = outcome(plain, name)
    found = outcome(packed, f"{name}.{packing}")
    assert [getattr(one, "text", None) for one in found] == [getattr(one, "text", None) for one in expected]
    cut = outcome(packed[:-3], f"{name}.{packing}")
    assert isinstance(cut[-1], InputError)
    assert "cut short" in cut[-1].reason


@pytest.mark.parametrize("packing", PACKED)
def test_members_follow_one_another_and_layers_are_unpacked(packing: str) -> None:
    pack = PACKED[packing]
    assert compressed.unpacked(io.BytesIO(pack(b"One ") + pack(b"two.")), "a").read() == b"One two."
    assert compressed.unpacked(io.BytesIO(pack(pack(b"Words."))), "a").read() == b"Words."
    with pytest.raises(InputError, match="more than 3 times"):
        compressed.unpacked(io.BytesIO(pack(pack(pack(pack(b"Words."))))), "a")


def test_the_stream_of_the_caller_stays_open_and_can_be_sought() -> None:
    stream = io.BytesIO(b"Some words.")
    plain = compressed.unpacked(stream, "a")
    assert (plain.read(4), plain.seekable(), plain.seek(5), plain.read()) == (b"Some", True, 5, b"words.")
    del plain
    assert not stream.closed


@pytest.mark.parametrize("packing", PACKED)
def test_bombs_are_refused(packing: str) -> None:
    [*_, error] = outcome(PACKED[packing](bytes(compressed.FREE + (8 << 20))), "a.txt", Options(max_record=64 << 20))
    assert isinstance(error, InputError)
    assert "decompression bomb" in error.reason


def alone(**columns: Any) -> Callable[[], bytes]:
    """A Parquet file of some columns."""

    def make() -> bytes:
        table = pyarrow.table({name: column() for name, column in columns.items()})
        parquet.write_table(table, sink := io.BytesIO(), compression="zstd")
        return sink.getvalue()

    return make


def shared(times: int) -> pyarrow.Array:
    """One long text, so many times."""
    text = pyarrow.array(["Bees hum. " * 200_000])
    return pyarrow.DictionaryArray.from_arrays(pyarrow.nulls(times, pyarrow.int32()).fill_null(0), text)


def in_one_list(values: pyarrow.Array) -> pyarrow.Array:
    return pyarrow.ListArray.from_arrays(pyarrow.array([0, len(values)], pyarrow.int32()), values)


BOMBS = {
    "a page that is packed": (alone(text=lambda: ["a " * (40 << 19)]), 0),
    "a text that all rows share": (alone(text=lambda: shared(10_000)), 0),
    "a text that one list holds over and over": (alone(text=lambda: in_one_list(shared(10_000))), 0),
    "a list of nothing": (alone(text=lambda: in_one_list(pyarrow.nulls(20_000_000, pyarrow.string()))), 0),
    "rows of nothing": (alone(text=lambda: pyarrow.nulls(200_000, pyarrow.string())), compressed.FREE // 256),
}
"""Small files of Parquet that are very much, and how many of their rows are told before that shows."""


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_of_parquet_are_refused(name: str) -> None:
    make, rows = BOMBS[name]
    content = make()
    assert len(content) < 50_000
    *before, error = outcome(content, "a.parquet")
    assert isinstance(error, InputError)
    assert "decompression bomb" in error.reason
    assert len(before) == rows


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_pages_are_those_that_the_file_tells(version: str, compression: str, dictionary: bool) -> None:
    table = pyarrow.table(
        {
            "text": [f"{WORDS.decode()} {n % 1500}" for n in range(3000)],
            "tags": [["mill"] * (n % 3) for n in range(3000)],
        }
    )
    parquet.write_table(
        table, sink := io.BytesIO(), row_group_size=2000, compression=compression, use_dictionary=dictionary,
        data_page_size=500, write_batch_size=100, data_page_version=version, write_page_checksum=True,
    )  # fmt: skip
    file = parquet.ParquetFile(sink)
    groups = chunks(sink)
    assert len(groups) == file.num_row_groups
    for group, columns in enumerate(groups):
        told = [file.metadata.row_group(group).column(number) for number in range(2)]
        found = [page for column in columns for page in pages(sink, column)]
        assert len(found) > 4
        unpacked, packed = (sum(getattr(one, name) for one in found) for name in ("unpacked", "packed"))
        assert unpacked - packed == sum(one.total_uncompressed_size - one.total_compressed_size for one in told)
        assert sum(one.values for one in found) >= sum(one.num_values for one in told)


@given(st.binary(max_size=200))
def test_a_header_of_noise_is_read_or_refused(noise: bytes) -> None:
    with contextlib.suppress(IndexError, ThriftError):
        Compact(noise).struct({1: {1: {}}, 2: {}})


@given(st.binary(max_size=200))
def test_an_index_of_noise_is_read_or_refused(noise: bytes) -> None:
    with contextlib.suppress(PageError):
        chunks(io.BytesIO(noise + len(noise).to_bytes(4, "little") + b"PAR1"))


def test_figures_of_size_that_contradict_each_other_do_not_end_the_process(tmp_path: Path) -> None:
    parquet.write_table(pyarrow.table({"text": [WORDS.decode(), None]}), tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()
    counts = bytes.fromhex("19 06 19 26 02 02 00")  # how many values have each level: none; one and one
    assert content.count(counts) == 1
    (tmp_path / "a.parquet").write_bytes(content.replace(counts, bytes.fromhex("19 16 02 19 16 02 00")))
    command = [sys.executable, "-m", "quality", "batch", "a.parquet", "-o", "out.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_whose_header_is_damaged_is_told() -> None:
    content = bytearray(a_parquet())
    content[4:8] = b"\xff" * 4
    [error] = outcome(bytes(content), "a.parquet")
    assert "is damaged, or no Parquet file: a page" in error.reason


def test_a_row_that_is_too_large_is_not_made() -> None:
    content = alone(text=lambda: ["Bees hum. " * 2000, WORDS.decode()])()
    large, small = outcome(content, "a.parquet", Options(max_record=4000))
    assert (large.reason, small.text) == ("is larger than 16000 bytes (see --max-record)", WORDS.decode())


def test_names_of_fields_take_no_line_of_their_own() -> None:
    [reject] = outcome(b'{"i": 1, "li\\nk": ""}', "a.jsonl")
    assert reject.reason == "has no text; its fields are i, li k (see --text-key)"


def test_warc_tells_pages_from_what_is_none() -> None:
    found = outcome(a_warc(), "a.warc")
    said = [one.reason if isinstance(one, Reject) else (one.url, one.links) for one in found]
    at = "https://news.example.org/"
    assert said == [
        (f"{at}page", "present"), "is no page: HTTP status 404", "is no page: image/png",
        "is a revisit: its content is in an earlier record", (f"{at}words", "unknown"), (f"{at}wet", "unknown"),
    ]  # fmt: skip
    assert [one.id for one in found][:2] == ["<urn:page>", "<urn:gone>"]
    assert found[0].record["text"] == found[0].text


def test_warc_goes_on_after_a_length_that_lies() -> None:
    lying = a_warc().replace(b"Content-Length: %d" % len(WORDS), b"Content-Length: 10")
    found = outcome(lying, "a.warc")
    assert [one.text for one in found if isinstance(one, Document)][1:] == [WORDS.decode(), "The mill a"]
    assert "belong to no record" in found[-1].reason


def test_arc() -> None:
    [found] = outcome(an_arc(), "a.arc")
    assert (found.url, found.links) == ("https://news.example.org/page", "present")


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_a_record_that_is_too_large_is_a_reject_and_the_rest_goes_on(form: str) -> None:
    long = "word " * 400_000
    lines = {
        "jsonl": [f'{{"text": "{text}"}}\n' for text in ("One.", long, "Two.")],
        "json": [*(f'[{{"text": "One."}}, {{"text": "{long}", "a": ["{long}"]}}, '), '{"text": "Two."}]'],
        "csv": ["text\n", "One.\n", f"{long}\n", "Two.\n"],
    }[form]
    one, reject, two = outcome(
        "".join(lines).encode(), f"a.{form}", Options(max_record=100_000 if form != "json" else 1 << 20)
    )
    assert (one.text, two.text) == ("One.", "Two.")
    assert "larger than" in reject.reason


def test_limit() -> None:
    content, name = sample("items.jsonl", "jsonl")
    assert len(outcome(content, name, Options(limit=1))) == 1


def test_what_feedparser_could_take_for_an_address_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(socket, "socket", None)
    for words in (b"https://news.example.org/feed", b"/etc/hostname"):
        [reject] = outcome(words, "a.xml")
        assert isinstance(reject, Reject)
        assert "is no feed" in reject.reason


@pytest.mark.parametrize(
    ("form", "library", "extra"),
    [
        ("feed", "feedparser", "feeds"), ("parquet", "pyarrow", "parquet"), ("warc", "warcio", "warc"),
        ("zst", "zstandard", "zstd"),
    ],
)  # fmt: skip
def test_without_its_library_a_format_names_the_remedy(form: str, library: str, extra: str, tmp_path: Path) -> None:
    packed = form == "zst"
    plain, _ = sample(SAMPLES["text" if packed else form][0], form)
    (tmp_path / "a").write_bytes(PACKED["zst"](plain) if packed else plain)
    program = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from quality.readers import read\n"
        f"list(read(open({str(tmp_path / 'a')!r}, 'rb'), 'a'))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert f"pip install 'quality[{extra}]'" in result.stderr.splitlines()[-1]


def test_json_lines_import_no_heavy_library() -> None:
    program = (
        "import io, sys; from quality.readers import read;"
        "list(read(io.BytesIO(b'{\"text\": \"Words.\"}\\n'), 'a.jsonl'));"
        "heavy = {'trafilatura', 'lxml', 'numpy', 'pyarrow', 'feedparser', 'warcio', 'ijson', 'zstandard'};"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.strip()) == (0, "")


NAMES = st.sampled_from(["text", "a", "items", "title"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=15,
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["text", "id", "tags", "title"]), JSON, max_size=4), min_size=1, max_size=6
    )
)
def test_json_lines_keep_every_record_as_it_came(records: list[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in records).encode("utf-8")
    found = outcome(lines, "a.jsonl", form="jsonl")
    assert len(found) == len(records)
    for one, record in zip(found, records, strict=True):
        assert isinstance(one, Reject) or one.record == record


@given(JSON)
def test_json_gives_every_object_of_a_list_once(value: Any) -> None:
    texts = [{"text": "One."}, {"text": "Two.", "extra": value}]
    found = outcome(json.dumps(texts).encode(), "a.json", form="json")
    assert [one.record for one in found] == texts


@given(st.binary(max_size=300), st.sampled_from(sorted(set(FORMATS) - {"html"})), st.booleans())
def test_any_bytes_give_records_rejects_or_one_error(noise: bytes, form: str, begun: bool) -> None:
    head = sample(SAMPLES[form][0], form)[0][: 200 if begun else 0]
    found = outcome(head + noise, "a", form=form)
    assert found or form in {"csv", "jsonl", "json"}  # these may hold nothing
    assert all(isinstance(one, (Document, Reject, InputError)) for one in found)


@given(st.text(alphabet="ab:/w.](<hrefHTP= ", max_size=60))
def test_links_are_found_as_by_the_pattern(text: str) -> None:
    from quality.readers.base import _LINK

    marked = "www." in text or "WWW." not in text
    assert (link_state(text, Options(), kept=True) == "present") == bool(_LINK.search(text)) or not marked


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_input_without_end_is_streamed(form: str) -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            line = b'{"text": "Words."}\n'
            size = len(line) * (len(buffer) // len(line))
            buffer[:size] = line * (size // len(line))
            return size

    found = reader(form)(io.BufferedReader(Endless(), 1 << 16), "-", Options())
    assert len(list(islice(found, 3))) == 3


@pytest.mark.parametrize("at", [-1, -(1 << 62), 1 << 62, (1 << 63) - 1])
def test_pages_of_parquet_lie_in_the_file(at: int) -> None:
    with pytest.raises(PageError, match="outside of the file"):
        list(pages(io.BytesIO(b"PAR1"), Chunk(at, at + (1 << 62))))


@pytest.mark.parametrize("name", ODD_VALUES)
def test_odd_values_of_parquet_cost_their_row_at_most(name: str) -> None:
    odd, shown = ODD_VALUES[name]
    column = pyarrow.concat_arrays([odd, pyarrow.nulls(1, odd.type)])
    parquet.write_table(pyarrow.table({"text": [WORDS.decode()] * 2, "odd": column}), sink := io.BytesIO())
    first, second = outcome(sink.getvalue(), "a.parquet")
    assert (second.text, second.record["odd"]) == (WORDS.decode(), None)
    if shown:
        assert str(first.record["odd"]).startswith(shown)
    else:
        assert (first.place, first.reason[:35]) == ("row 1", "holds a value that cannot be read (")
