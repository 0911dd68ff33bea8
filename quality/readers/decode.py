"""Bytes to text: byte-order mark, UTF-8, the declared charset, then a detector; what is no text gives a reason."""

from __future__ import annotations

import codecs

from quality.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    # Without a mark, markup shows its encoding by its first sign (XML 1.0, appendix F).
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive (or an office document)"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PAR1", "a Parquet file"),
    (b"\x04\x22\x4d\x18", "LZ4 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
)
# Names that the web uses for a larger encoding (WHATWG Encoding Standard, https://encoding.spec.whatwg.org/#names-and-labels).
_ON_THE_WEB = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# Codecs of Python that are the charset of no text ("Python Specific Encodings" in the manual of `codecs`); the first
# two take time by the square.
_OF_PYTHON = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})

NULS = 100
"""A text in rows may hold one NUL in so many bytes: its row is damaged, and not the whole."""


def decode(content: bytes, source: str, declared: str = "") -> str:
    r"""Text of some bytes, exactly as they say, less a byte-order mark.

    ``declared`` is the charset that the bytes, or whoever sent them, claim. Bytes that are UTF-8 but for a few broken
    places keep their text, with U+FFFD in those.

    Raises:
        InputError: when there are none but white space, or they are no text.

    >>> decode(b"caf\xe9", "a.txt", declared="iso-8859-1"), decode(b"\xef\xbb\xbfcaf\xc3\xa9", "b.txt")
    ('café', 'café')
    """
    if not content.strip():
        raise InputError(source, "is empty")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _marked(content, encoding, source)
    _refuse_binary(content, source)
    for encoding in ("utf-8", charset(declared)):
        text = _try(content, encoding)
        if text is not None:
            return text
    return _detected(content, source)


def encoding(head: bytes, source: str) -> str:
    r"""Python's name for the encoding of a text of which only the first bytes are at hand.

    Raises:
        InputError: as ``decode``.

    >>> encoding("Caf\xe9".encode(), "a.csv"), encoding("Caf\xe9".encode("utf-16"), "a.csv")
    ('utf-8', 'utf-16')
    """
    if not head.strip():
        raise InputError(source, "is empty")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if NULS * head.count(b"\0") > len(head) or undecodable(head):
        _refuse_binary(head, source)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        if _almost_utf8(head.decode("utf-8", "replace")):
            return "utf-8"
        from charset_normalizer import from_bytes

        best = from_bytes(head).best()
        return best.encoding if best else "cp1252"
    return "utf-8"


def undecodable(head: bytes) -> str:
    """What some first bytes are that no text starts with; empty when they may be text.

    >>> undecodable(b"PK\x03\x04")
    'a zip archive (or an office document)'
    """
    if head[257:262] == b"ustar":
        return "a tar archive"
    return next((name for signature, name in _SIGNATURES if head.startswith(signature)), "")


def _marked(content: bytes, encoding: str, source: str) -> str:
    text = content.decode(encoding, "replace")
    if not text.strip("\ufeff \t\r\n"):
        raise InputError(source, "is empty")
    if text.count("\ufffd") * 10 > len(text) or "\0" in text:
        raise InputError(source, f"is binary: it starts like {encoding.upper().removesuffix('-SIG')} but is no text")
    return text


def _refuse_binary(content: bytes, source: str) -> None:
    if name := undecodable(content):
        raise InputError(source, f"is {name}, not text")
    zero = content.find(b"\0")
    if zero >= 0:
        raise InputError(source, f"is binary: a NUL byte at offset {zero} (UTF-16 needs its byte-order mark)")


def charset(declared: str) -> str:
    """Python's name for a declared charset; empty when it knows none, or one that no text on the web is in.

    >>> charset("Latin1"), charset("punycode"), charset("klingon")
    ('cp1252', '', '')
    """
    try:
        codec = codecs.lookup(declared.strip())
    except (LookupError, ValueError):
        return ""
    known = codec._is_text_encoding and codec.name not in _OF_PYTHON
    return _ON_THE_WEB.get(codec.name, codec.name) if known else ""


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding) if encoding else None
    except (ValueError, LookupError):
        return None


def _detected(content: bytes, source: str) -> str:
    almost = content.decode("utf-8", "replace")
    if _almost_utf8(almost):
        return almost
    from charset_normalizer import from_bytes

    best = from_bytes(content).best()
    if best is None:
        raise InputError(source, "is text in no encoding that can be told, or binary; convert it to UTF-8")
    return str(best)


def _almost_utf8(text: str) -> bool:
    """Whether a text that was decoded with replacements has many more characters beyond ASCII than broken places."""
    return sum(char > "\x7f" and char != "\ufffd" for char in text) > 2 * text.count("\ufffd")
