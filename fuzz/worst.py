"""The worst inputs: each a name and what makes one of about so many bytes. Tests and benchmarks read them all.

``TEXTS`` are texts that someone writes to make scoring slow, ``FILES`` are files that someone makes to break a reader;
a generator is told the size in bytes and gives content of about that size.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
from collections.abc import Callable

Make = Callable[[int], bytes]

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def repeated(part: str, before: str = "", after: str = "") -> Make:
    """A part over and over."""
    return lambda size: (before + part * max(1, size // len(part.encode("utf-8", "surrogatepass"))) + after).encode(
        "utf-8", "surrogatepass"
    )


def distinct_words(size: int) -> bytes:
    """Words that are all different."""
    return " ".join(_word(number) for number in range(size // 9)).encode()


def _word(number: int) -> str:
    letters = ""
    for _ in range(8):
        number, letter = divmod(number, 26)
        letters += ALPHABET[letter]
    return letters


TEXTS: dict[str, Make] = {
    "one word": repeated("a"),
    "one word with accents": repeated("é"),
    "one number": repeated("1"),
    "one number with points": repeated("1."),
    "no spaces": repeated("farm.Page,"),
    "distinct words": distinct_words,
    "one sentence over and over": repeated("The mill at Corran Ford stopped on Tuesday. "),
    "one word over and over": repeated("mill "),
    "a filler phrase over and over": repeated("it is important to note that "),
    "half a filler phrase": repeated("it is important to "),
    "blanks": repeated(" ", "a", "a"),
    "line breaks": repeated("\n", "a", "a"),
    "carriage returns": repeated("\r", "a", "a"),
    "tabs": repeated("\t", "a", "a"),
    "lines of blanks": repeated(" \t \n", "a", "a"),
    "points": repeated("."),
    "quotation marks": repeated('"'),
    "typographic marks": repeated("“”"),
    "apostrophes": repeated("a'"),
    "hyphens": repeated("a-"),
    "dashes": repeated("-"),
    "spaced dashes": repeated("- "),
    "spaced dashes that end in a word": repeated("- ", "", "a"),
    "spaced dashes in tabs": repeated("-\t \t", "", "a"),
    "combining marks": repeated("\u0301", "e"),
    "marks on every letter": repeated("e\u0301\u0302\u0303\u0304"),
    "zero-width spaces": repeated("\u200b"),
    "a zero-width space after every letter": repeated("a\u200b"),
    "soft hyphens": repeated("in\u00adfor\u00admation "),
    "direction overrides": repeated("\u202eabc\u202c "),
    "direction isolates": repeated("\u2067"),
    "byte-order marks": repeated("\ufeff"),
    "emoji": repeated("\U0001f469\u200d\U0001f33e"),
    "tags of flags": repeated("\U000e0061"),
    "private use": repeated("\ue000"),
    "ideographs": repeated("\u6c34"),
    "mathematical letters": repeated("\U0001d41a"),
    "headings": repeated("# a\n"),
    "list items": repeated("- a\n"),
    "list items far in": repeated("        - a\n"),
    "table rows": repeated("|a|b|\n"),
    "one table row": repeated("|a"),
    "one table row of blanks": repeated("| ", "", "a"),
    "table cells that do not end": repeated("|" + "a" * 101),
    "fences": repeated("```\n"),
    "fences that do not close": repeated("```a\nb\n", "", "~~~\n"),
    "tilde fences": repeated("~~~ \n"),
    "rules": repeated("---\n"),
    "front matter that does not end": repeated("a: b\n", "---\n"),
    "brackets": repeated("["),
    "closing brackets": repeated("]"),
    "brackets and parentheses": repeated("]("),
    "images": repeated("!["),
    "images that do not close": repeated("![a]("),
    "links that do not close": repeated("[a](b"),
    "links with blanks": repeated("](a" + " " * 300),
    "links in links": repeated("[[a](b)](c(d)"),
    "references": repeated("[a]: b\n"),
    "references that do not end": repeated("[a"),
    "addresses": repeated("http://a.example/ "),
    "one address": repeated("http://"),
    "an address of points": repeated(".", "http://a"),
    "addresses of points": repeated("www.."),
    "parentheses in an address": repeated("(", "[a](http://a"),
    "smaller than": repeated("<"),
    "tags": repeated("<b>"),
    "tags that do not close": repeated("<b "),
    "tags of attributes": repeated(' a="b"', "<a", ">"),
    "anchors that do not close": repeated("<a href"),
    "anchors with blanks": repeated("<a href" + " " * 400),
    "comments that do not close": repeated("<!--"),
    "comments in dashes": repeated("-", "<!--"),
    "scripts that do not close": repeated("<script "),
    "scripts that close badly": repeated("</script ", "<script>"),
    "styles": repeated("<style>"),
    "entities": repeated("&amp;"),
    "nested quotations": repeated("> "),
    "unpaired surrogates": repeated("\ud800a "),
    "templates": repeated("{%"),
    "dotted letters": repeated("A. "),
    "sentences of one word": repeated("A! "),
    "question marks": repeated("? "),
    "names": repeated("Corran "),
    "capitals": repeated("MILL "),
    "said": repeated("said "),
}


def packed(make: Make, times: int = 1) -> Make:
    """What ``make`` gives, in gzip so many times over."""

    def content(size: int) -> bytes:
        found = make(size)
        for _ in range(times):
            found = gzip.compress(found, mtime=0)
        return found

    return content


def in_json(make: Make) -> Make:
    """A text as the one record of a JSON line."""
    return lambda size: json.dumps({"text": make(size).decode("utf-8", "surrogatepass")}).encode() + b"\n"


def records(kind: str, media: str, body: Callable[[int], bytes], length: str = "{}") -> Make:
    """A WARC record whose length is told as ``length`` says, and one more that is good."""

    def content(size: int) -> bytes:
        http = b"HTTP/1.1 200 OK\r\nContent-Type: " + media.encode() + b"\r\n\r\n" + body(size)
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:a>\r\nContent-Type: application/http\r\n"
            f"WARC-Target-URI: https://news.example.org/a\r\nContent-Length: {length.format(len(http))}\r\n\r\n"
        )
        return head.encode() + http + b"\r\n\r\n"

    return content


def nested(opening: str, closing: str, within: str = "", before: str = "", after: str = "") -> Make:
    """One thing in another, as deep as the size allows."""

    def content(size: int) -> bytes:
        depth = max(1, size // len(opening + closing))
        return (before + opening * depth + within + closing * depth + after).encode()

    return content


def laughs(size: int) -> bytes:
    """Entities of entities: small, and without end when they are put in their places."""
    lines = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, max(2, size // 80))]
    entities = '<!ENTITY a0 "laugh">' + "".join(lines)
    return f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]><rss><channel><item><title>a</title>'.encode() + (
        f"<description>&a{len(lines)};</description></item></channel></rss>".encode()
    )


def parquet_of(values: Callable[[int], list[str]], cut: int | None = None) -> Make:
    """A Parquet file with a column of texts, the end left off from ``cut``."""

    def content(size: int) -> bytes:
        import pyarrow
        from pyarrow import parquet

        sink = io.BytesIO()
        parquet.write_table(pyarrow.table({"text": values(size)}), sink)
        return sink.getvalue()[:cut]

    return content


def a_zip_of_zeros(size: int) -> bytes:
    """Some hundred times as much in gzip."""
    return gzip.compress(bytes(size * 200), mtime=0)


ITEM = "<item><title>a</title><description>{}</description></item>"
FEED = "<rss><channel><title>a</title>{}</channel></rss>"


def feed(part: str, before: str = "", after: str = "", prolog: str = "") -> Make:
    """A feed of one entry whose description is a part over and over."""
    head, tail = FEED.format(ITEM).split("{}")
    return repeated(part, prolog + head + before, after + tail)


FILES: dict[str, tuple[str, Make]] = {
    "html: nested boxes": ("a.html", nested("<div>", "</div>", "word", "<html><body>", "</body></html>")),
    "html: nested boxes that do not close": ("a.html", repeated("<div>", "<html><body>")),
    "html: nested fonts": ("a.html", repeated("<font><b><i>", "<html><body>")),
    "html: nested tables": ("a.html", nested("<table><tr><td>", "</td></tr></table>", "w", "<html><body>")),
    "html: nested lists": ("a.html", repeated("<ul><li>a", "<html><body>")),
    "html: nested quotations": ("a.html", repeated("<blockquote><p>a", "<html><body>")),
    "html: nested emphasis": ("a.html", repeated("<em>a<strong>b", "<html><body><p>")),
    "html: paragraphs": ("a.html", repeated("<p>The mill stopped on Tuesday.</p>", "<html><body>")),
    "html: one paragraph": ("a.html", repeated("The mill stopped on Tuesday. ", "<html><body><p>")),
    "html: one word": ("a.html", repeated("a", "<html><body><p>")),
    "html: links": ("a.html", repeated("<a href=/a>a</a> ", "<html><body><p>")),
    "html: linked headings": ("a.html", repeated("<h2><a href=/a>The mill at the ford</a></h2>", "<html><body>")),
    "html: permanent links": ("a.html", repeated("<a rel=bookmark href=/a>a</a><p>a</p>", "<html><body>")),
    "html: attributes": ("a.html", repeated(" a=b", "<html><body", "><p>a")),
    "html: distinct attributes": ("a.html", lambda size: b"<html><body " + distinct_words(size) + b"><p>a"),
    "html: one attribute": ("a.html", repeated("a", '<html><body class="', '"><p>a')),
    "html: comments": ("a.html", repeated("<!--a-->", "<html><body><p>a")),
    "html: comments that do not close": ("a.html", repeated("<!--", "<html><body><p>a")),
    "html: entities": ("a.html", repeated("&amp;", "<html><body><p>a")),
    "html: lines broken": ("a.html", repeated("<br>", "<html><body><p>a")),
    "html: scripts": ("a.html", repeated("<script>a</script>", "<html><body><p>a")),
    "html: blanks": ("a.html", repeated(" \n", "<html><body><p>a")),
    "html: table rows": ("a.html", repeated("<tr><td>a<td>b", "<html><body><table>")),
    "html: frames": ("a.html", repeated("<iframe>", "<html><body><p>a")),
    "html: smaller than": ("a.html", repeated("<", "<html><body><p>a")),
    "html: titles": ("a.html", repeated("<title>a</title>", "<html><head>")),
    "html: metadata": ("a.html", repeated("<meta name=author content='A. Corran'>", "<html><head>")),
    "html: linked data": ("a.html", repeated('{"@type":', '<html><head><script type="application/ld+json">')),
    "html: dates": ("a.html", repeated("<time datetime=2024-01-01>1 May 2024</time>", "<html><body>")),
    "html: NUL": ("a.html", repeated("\0", "<html><body><p>a")),
    "fragment: nested boxes": ("a.jsonl", in_json(repeated("<div>a", "<p>"))),
    "fragment: links": ("a.jsonl", in_json(repeated("<p><a href=b></a>", "<p>"))),
    "fragment: blanks": ("a.jsonl", in_json(repeated("<p> \n \n ", "<p>"))),
    "fragment: preformatted": ("a.jsonl", in_json(repeated(" \n", "<p>a<pre>"))),
    "fragment: lists": ("a.jsonl", in_json(repeated("<ul><li>a", "<p>"))),
    "page in JSON: comments": ("a.jsonl", in_json(repeated("<!---->", "", "<html><p>a"))),
    "markdown: heading marks": ("a.md", repeated("# ", "# ", "a")),
    "markdown: a heading of blanks": ("a.md", repeated(" ", "# a", "a")),
    "markdown: a title of blanks": ("a.md", repeated(" ", "---\ntitle: a", "a\n---\n")),
    "markdown: titles": ("a.md", repeated("title: a\n", "---\n", "---\n")),
    "json: nested arrays": ("a.json", nested("[", "]", "1")),
    "json: nested arrays that do not close": ("a.json", repeated("[")),
    "json: nested objects": ("a.json", nested('{"a":', "}", "1")),
    "json: nested objects around a record": ("a.json", nested('{"a":', "}", '{"text": "Words."}')),
    "json: empty objects": ("a.json", repeated("{},", "[", "{}]")),
    "json: empty strings": ("a.json", repeated('"",', "[", '""]')),
    "json: numbers": ("a.json", repeated("1", "[", "]")),
    "json: number with a large exponent": ("a.json", repeated("9", '[{"text": "a", "n": 1e', "}]")),
    "json: keys": ("a.json", lambda size: b"{" + b'"a":1,' * (size // 6) + b'"text":"Words."}'),
    "json: distinct keys": (
        "a.json",
        lambda size: b"{" + b",".join(b'"%d":1' % n for n in range(size // 10)) + b',"text":"Words."}',
    ),
    "json: a string that does not end": ("a.json", repeated("a", '[{"text": "')),
    "json: escapes": ("a.json", repeated("\\u0041", '[{"text": "', '"}]')),
    "json: lists of texts": ("a.json", repeated('"a",', '[{"text": [', '"a"]}]')),
    "json: many values": ("a.json", repeated('{"text": "a"}\n')),
    "lines: nested arrays": ("a.jsonl", nested("[", "]", "1", '{"text": "a", "b": ', "}\n")),
    "lines: tiny records": ("a.jsonl", repeated('{"text":"a"}\n')),
    "lines: blank": ("a.jsonl", repeated("\n", '{"text":"a"}\n')),
    "lines: one without an end": ("a.jsonl", repeated("a", '{"text": "')),
    "lines: distinct keys": (
        "a.jsonl",
        lambda size: b"".join(b'{"k%d":1,"text":"a"}\n' % n for n in range(size // 20)),
    ),
    "lines: many keys": (
        "a.jsonl",
        lambda size: b"{" + b",".join(b'"%d":1' % n for n in range(size // 10)) + b',"text":"Words."}\n',
    ),
    "lines: dotted keys": ("a.jsonl", repeated("a.", '{"text": "a", "b', '": 1}\n')),
    "lines: large numbers": ("a.jsonl", repeated("9", '{"text": "a", "id": ', "}\n")),
    "csv: commas": ("a.csv", repeated(",", "text\n")),
    "csv: quotation marks": ("a.csv", repeated('"', "text,b\n")),
    "csv: a quotation that does not close": ("a.csv", repeated("a\n", 'text,b\n"')),
    "csv: separators": ("a.csv", repeated(",;\t|", "text,b\n", "\n")),
    "csv: tiny rows": ("a.csv", repeated("a,b\n", "text,b\n")),
    "csv: carriage returns": ("a.csv", repeated("\r", "text,b\n")),
    "csv: columns": ("a.csv", lambda size: distinct_words(size).replace(b" ", b",") + b"\na\n"),
    "csv: rows of one column more": (
        "a.csv",
        lambda size: b"text\n" + b"".join(b"a" + b"," * n + b"\n" for n in range(int((2 * size) ** 0.5))),
    ),
    "csv: NUL": ("a.csv", lambda size: b"text,b\n" + b"a,b\n" * (size // 4) + b"a\0,b\n"),
    "feed: laughs": ("a.xml", laughs),
    "feed: outside entity": (
        "a.xml",
        feed("&x; ", prolog='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
    ),
    "feed: outside document type": (
        "a.xml",
        feed("a ", prolog='<!DOCTYPE rss SYSTEM "http://192.0.2.1/a.dtd">'),
    ),
    "feed: parameter entity": (
        "a.xml",
        feed("&x; ", prolog='<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://192.0.2.1/a"> %p;]>'),
    ),
    "feed: document types": ("a.xml", repeated("<!DOCTYPE a>", "", FEED.format(ITEM))),
    "feed: comments in a document type": ("a.xml", repeated("<!--", "<!DOCTYPE a [", "]><rss>" + FEED)),
    "feed: quotations in a document type": ("a.xml", repeated("\"'", "<!DOCTYPE a [", "]><rss>" + FEED)),
    "feed: blanks": ("a.xml", repeated(" ", "<rss><channel>", "</channel></rss>")),
    "feed: blanks before": ("a.xml", repeated(" ", "", FEED.format(ITEM))),
    "feed: comments before": ("a.xml", repeated("<!-- -->", "", FEED.format(ITEM))),
    "feed: instructions before": ("a.xml", repeated("<?a b?>", "", FEED.format(ITEM))),
    "feed: entries": ("a.xml", repeated(ITEM.format("a"), *FEED.split("{}"))),
    "feed: nested entries": ("a.xml", repeated("<item>", "<rss><channel>")),
    "feed: nested elements": ("a.xml", nested("<a>", "</a>", "", *FEED.split("{}"))),
    "feed: elements in an entry": ("a.xml", feed("</description><description>a")),
    "feed: enclosures": ("a.xml", feed("</description><enclosure url='a'/><description>a")),
    "feed: categories": ("a.xml", feed("</description><category>a</category><description>a")),
    "feed: contents": ("a.xml", feed("</description><content:encoded>a</content:encoded><description>a")),
    "feed: links": ("a.xml", feed("</description><link>a</link><description>a")),
    "feed: escaped markup": ("a.xml", feed("&lt;p&gt;")),
    "feed: escaped twice": ("a.xml", feed("&amp;lt;p&amp;gt;a")),
    "feed: sections": ("a.xml", feed("<![CDATA[a]]>")),
    "feed: sections that do not end": ("a.xml", feed("<![CDATA[")),
    "feed: entities": ("a.xml", feed("&amp;")),
    "feed: unknown entities": ("a.xml", feed("&abc;")),
    "feed: ampersands": ("a.xml", feed("&")),
    "feed: smaller than": ("a.xml", feed("<")),
    "feed: attributes": ("a.xml", repeated(" a='b'", "<rss", "><channel><item><title>a")),
    "feed: authors": ("a.xml", feed("</description><author>A. Corran</author><description>a")),
    "feed: a long author": ("a.xml", repeated("a", "<rss><channel><item><author>", "</author></item></channel></rss>")),
    "feed: a long date": ("a.xml", repeated("1", "<rss><channel><item><pubDate>", "</pubDate></item></channel></rss>")),
    "feed: a long title": ("a.xml", repeated("a ", "<rss><channel><item><title>", "</title></item></channel></rss>")),
    "feed: a long link": ("a.xml", repeated("a/", "<rss><channel><item><link>", "</link></item></channel></rss>")),
    "feed: a long identifier": (
        "a.xml",
        repeated("a:", "<rss><channel><item><guid>", "</guid></item></channel></rss>"),
    ),
    "feed: namespaces": ("a.xml", repeated(" xmlns:a='b'", "<rss", "><channel><item><title>a")),
    "feed: default namespaces": ("a.xml", repeated("<a xmlns='b'>", *FEED.split("{}"))),
    "feed: Atom contents": (
        "a.xml",
        repeated("<content>a</content>", '<feed xmlns="http://www.w3.org/2005/Atom"><entry>', "</entry></feed>"),
    ),
    "feed: Atom markup": (
        "a.xml",
        repeated("<p>a", '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml"><div>'),
    ),
    "opml: outlines": ("a.opml", repeated('<outline xmlUrl="b.xml"/>', "<opml><body>", "</body></opml>")),
    "opml: nested outlines": ("a.opml", nested('<outline text="a">', "</outline>", "", "<opml><body>")),
    "opml: itself": ("a.opml", repeated('<outline xmlUrl="a.opml"/>', "<opml><body>", "</body></opml>")),
    "opml: laughs": ("a.opml", lambda size: laughs(size).replace(b"rss", b"opml")),
    "warc: a length too large": ("a.warc", records("response", "text/html", repeated("<p>a"), "9{}")),
    "warc: a length beyond all": ("a.warc", records("response", "text/html", repeated("<p>a"), "9" * 30)),
    "warc: a length below nought": ("a.warc", records("response", "text/html", repeated("<p>a"), "-1")),
    "warc: no length": ("a.warc", records("response", "text/html", repeated("<p>a"), "many")),
    "warc: a length too small": ("a.warc", records("response", "text/plain", repeated("a\n"), "100")),
    "warc: headers without end": ("a.warc", repeated("A: b\r\n", "WARC/1.0\r\n")),
    "warc: one header line": ("a.warc", repeated("a", "WARC/1.0\r\nA: ")),
    "warc: a header folded": ("a.warc", repeated("\r\n b", "WARC/1.0\r\nA: a")),
    "warc: tiny records": ("a.warc", repeated("WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n")),
    "warc: starts of records": ("a.warc", repeated("WARC/1.0\r\n")),
    "warc: pieces of pieces": (
        "a.warc",
        records("response", "text/html\r\nTransfer-Encoding: chunked", repeated("1\r\na\r\n")),
    ),
    "warc: a piece that lies": (
        "a.warc",
        records("response", "text/html\r\nTransfer-Encoding: chunked", repeated("a", "ffffffff\r\n")),
    ),
    "warc: a bomb in a page": (
        "a.warc",
        records("response", "text/html\r\nContent-Encoding: gzip", a_zip_of_zeros),
    ),
    "warc: no gzip in a page": (
        "a.warc",
        records("response", "text/html\r\nContent-Encoding: gzip", repeated("<p>a")),
    ),
    "warc: brotli in a page": (
        "a.warc",
        records("response", "text/html\r\nContent-Encoding: br", repeated("<p>a")),
    ),
    "parquet: one long text": ("a.parquet", parquet_of(lambda size: ["a" * size])),
    "parquet: one text for all rows": ("a.parquet", parquet_of(lambda size: ["a" * 1000] * (size // 100))),
    "parquet: rows without end": ("a.parquet", parquet_of(lambda size: [""] * size)),
    "parquet: one long text for all rows": (
        "a.parquet",
        parquet_of(lambda size: ["Bees hum. " * (size // 10)] * 1000),
    ),
    "parquet: a footer cut off": ("a.parquet", parquet_of(lambda size: ["Words."] * (size // 6), cut=-9)),
    "parquet: a footer's length that lies": (
        "a.parquet",
        lambda size: b"PAR1" + bytes(size) + struct.pack("<I", 2**31 - 1) + b"PAR1",
    ),
    "parquet: a footer of noise": (
        "a.parquet",
        lambda size: b"PAR1" + bytes(range(256)) * (size // 256) + struct.pack("<I", size // 2) + b"PAR1",
    ),
    "gzip: zeros": ("a.txt.gz", a_zip_of_zeros),
    "gzip: in gzip": ("a.txt.gz", packed(repeated("a"), 3)),
    "gzip: five times": ("a.txt.gz", packed(repeated("a"), 5)),
    "gzip: empty members": ("a.txt.gz", lambda size: gzip.compress(b"", mtime=0) * (size // 20)),
    "gzip: zeros after a member": ("a.txt.gz", lambda size: gzip.compress(b"Words.", mtime=0) + bytes(size)),
    "gzip: tiny members": ("a.jsonl.gz", lambda size: gzip.compress(b'{"text":"a"}\n', mtime=0) * (size // 33)),
    "text: NUL": ("a.txt", repeated("a\0")),
    "text: bytes of no encoding": ("a.txt", lambda size: bytes(range(1, 256)) * (size // 255)),
    "text: overlong": ("a.txt", lambda size: b"\xc0\xaf" * (size // 2)),
    "text: surrogates": ("a.txt", repeated("\ud800")),
    "text: mixed encodings": ("a.txt", lambda size: ("é" * 10).encode() * (size // 40) + b"\xe9 " * (size // 4)),
    "text: broken UTF-8": ("a.txt", lambda size: b"a\xe9 " * (size // 3)),
    "text: UTF-16 half": ("a.txt", lambda size: b"\xff\xfe" + b"a\0" * (size // 2) + b"a"),
    "text: UTF-32": ("a.txt", lambda size: b"\xff\xfe\0\0" + b"a\0\0\0" * (size // 4)),
    "text: UTF-7": ("a.txt", repeated("+ADw-")),
    "text: byte-order marks": ("a.txt", repeated("\ufeff")),
    "text: letters of many scripts": ("a.txt", lambda size: "".join(map(chr, range(0x100, 0xD000))).encode()[:size]),
}
