"""Fold: each character of a text becomes one byte, so that the kernel can work on byte tables.

Letters with accents become their base letters, typographic quotes and dashes their plain forms, letters that are drawn
like Latin ones in other scripts those Latin ones, other letters one code, and characters that nobody sees are left out.
Where nothing is left out, byte i is character i; what is left out is told by its places.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality import kernel

LETTER = 0x80  # a letter of another script
DASH = 0x81  # an en or em dash, which is never a hyphen
SYMBOL = 0x82  # an emoji or another sign
_DROP = 0xFF
_APART = "\uffff"  # no character

_TABLE_SIZE = 0x3000  # code points from here on (CJK, emoji, private use) are told apart by range only
_IDEOGRAPHS = ((0x3040, 0xA4D0), (0xAC00, 0xD7B0), (0xF900, 0xFB00), (0x20000, 0x32000))
_UNSEEN = (
    (0xFE00, 0xFE10),
    (0xFE20, 0xFE30),
    (0xFEFF, 0xFF00),
    (0xFFF9, 0xFFFC),
    (0xE0000, 0x110000),
)  # past the table
_FILLERS = (0x115F, 0x1160, 0x3164, 0xFFA0)  # letters of Hangul that nobody sees
_BLANK = 0x3000  # the ideographic space
_FORMS = ((0xFB00, 0xFE00), (0xFE70, 0xFFF0), (0x1D400, 0x1D800))  # ligatures, full-width and mathematical letters
_PLAIN = {
    "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u0060\uff07": "'",
    "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb": '"',
    "\u2010\u2011": "-",
    "\u2026": ".",
    "\u2022\u2023\u25e6\u2043\u25aa\u25cf": "*",
    "\u2028\u2029\u0085\u000b\u000c": "\n",
    "\u00a3\u20ac\u00a5\u20b9": "$",
    "\u00bd\u00bc\u00be": "1",
    "\u2800": " ",
    # Look-alikes, after the Unicode confusables table (UTS 39): Cyrillic and Greek letters drawn as Latin ones.
    "\u0430\u0391\u0410": "a", "\u0412\u0392": "b", "\u0441\u0421": "c", "\u0435\u0415\u0395": "e", "\u041d\u0397": "h",
    "\u0456\u0406\u0399": "i", "\u0458\u0408": "j", "\u041a\u039a": "k", "\u041c\u039c": "m", "\u039d": "n",
    "\u043e\u041e\u03bf\u039f": "o", "\u0440\u0420\u03a1": "p", "\u0455\u0405": "s", "\u0422\u03a4": "t",
    "\u0445\u0425\u03a7": "x", "\u0443\u0423\u03a5": "y", "\u0396": "z", "\u0501": "d", "\u0261": "g", "\u04bb": "h",
    "\u0131": "i", "\u04cf\u04c0": "l", "\u0585": "o", "\u051b": "q", "\u0475": "v", "\u051d": "w",
}  # fmt: skip


Codes = NDArray[np.uint32]
Ints = NDArray[np.int64]


class Folded(NamedTuple):
    """``data``: uint8[n], one byte a kept character. ``gaps``: int64[k], how many bytes stand before each character
    that was left out, so that byte i is the character i + the number of gaps up to i."""

    data: NDArray[np.uint8]
    gaps: NDArray[np.int64]


def _fold_one(char: str, base: str, category: str) -> int:
    if category in ("Mn", "Me", "Cf") or ord(char) in _FILLERS:
        return _DROP
    if base.isascii():
        return ord(base) if base > " " else ord(" ")
    if category == "Pd":
        return DASH
    if category[0] == "Z" or category[0] == "C":
        return ord(" ")
    return LETTER if category[0] == "L" else SYMBOL


@cache
def _range(low: int, high: int) -> NDArray[np.uint8]:
    chars = list(map(chr, range(low, high)))
    # One call for all: what stands between them keeps the parts of one from those of the next.
    bases = (parts[0] for parts in unicodedata.normalize("NFKD", _APART.join(chars)).split(_APART))
    return np.fromiter(map(_fold_one, chars, bases, map(unicodedata.category, chars)), np.uint8, high - low)


@cache
def _table() -> NDArray[np.uint8]:
    table = _range(0, _TABLE_SIZE).copy()
    table[:128] = np.arange(128)
    for chars, plain in _PLAIN.items():
        table[[ord(char) for char in chars if ord(char) < _TABLE_SIZE]] = ord(plain)
    table[0] = 0  # the block's separator; texts come without it
    return table


def _beyond(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Bytes for code points past the table: ideographs are letters, forms of letters those letters, the rest signs."""
    out = np.full(codes.shape, SYMBOL, np.uint8)
    for low, high in _IDEOGRAPHS:
        out[(codes >= low) & (codes < high)] = LETTER
    for low, high in _FORMS:
        form = (codes >= low) & (codes < high)
        out[form] = _range(low, high)[codes[form] - low]
    for low, high in _UNSEEN:
        out[(codes >= low) & (codes < high)] = _DROP
    out[np.isin(codes, _FILLERS)] = _DROP
    out[codes == _BLANK] = ord(" ")
    return out


def codes_of(text: str) -> Codes:
    """The code points of a text, uint32[n]."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).copy()


def _fold(codes: Codes) -> Folded:
    data, table = np.empty(len(codes), np.uint8), _table()
    found = kernel.call("fold", codes, len(codes), table, len(table), _DROP, data)
    if found & 1:
        far = np.flatnonzero(codes >= _TABLE_SIZE)
        data[far] = _beyond(codes[far])
        found = 2
    gaps = np.empty(np.count_nonzero(data == _DROP) if found else 0, np.int64)
    kept = kernel.call("squeeze", data, len(data), _DROP, gaps) if len(gaps) else len(data)
    return Folded(data[:kept], gaps)


@kernel.twin(_fold)
def fold(codes: Codes) -> Folded:
    """Fold code points, uint32[n].

    >>> bytes(fold(codes_of("caf\\u00e9 \\u2013 \\u201cyes\\u201d")).data)
    b'cafe \x81 "yes"'
    """
    data = _table().take(codes, mode="clip")
    beyond = codes >= _TABLE_SIZE
    if beyond.any():
        far = np.flatnonzero(beyond)
        data[far] = _beyond(codes[far])
    dropped = np.flatnonzero(data == _DROP)
    return Folded(data[data != _DROP] if len(dropped) else data, dropped - np.arange(len(dropped)))
