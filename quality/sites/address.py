"""Addresses: which site a record is of, whatever its address looks like.

The list of public suffixes comes with the package ``publicsuffixlist``; nothing is fetched.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from quality.readers import fields

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

LONGEST = 200  # characters of a name: no site, author or section needs more
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBERED = re.compile(r"[\d_.-]*")


class Address(NamedTuple):
    """``host`` in lower-case ASCII (IDN in punycode), ``site`` its registrable domain, ``path`` its segments.

    >>> address("https://user:pw@Blog.Bücher.example.co.uk:8080/a//b?c").site
    'example.co.uk'
    """

    host: str
    site: str
    path: tuple[str, ...]


@lru_cache(maxsize=1 << 12)
def address(url: str) -> Address | None:
    """What an address says; None when it names no host that could be one.

    >>> address("http://[::1]:80/x").site, address("http:///x"), address("http://a b/"), address("nonsense")
    ('::1', None, None, None)
    """
    try:
        parts = urlsplit(url.strip().replace("\\", "/"))  # as browsers take it (WHATWG URL, special schemes)
        named = _named((parts.hostname or "").rstrip("."))
    except ValueError:
        return None
    return Address(*named, tuple(one for one in parts.path.split("/") if one)) if named else None


@lru_cache(maxsize=1 << 12)
def _named(name: str) -> tuple[str, str] | None:
    """The host of a name and its registrable domain; None when it can be no host. Raises ValueError for bad IDN."""
    host = _ascii(name)
    if ip := _ip(host):
        return ip, ip
    if not _HOST.fullmatch(host) or len(host) > 253:
        return None
    # A host that is a public suffix itself (localhost, github.io) is a site of its own.
    return host, _suffixes().privatesuffix(host) or host


def _ascii(host: str) -> str:
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()


def _ip(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return ""


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def section(url: str) -> str:
    """The part of a site that an address is in: a host of its own, or the first segment of a path of several.

    Segments of digits (years, numbers) tell no section.

    >>> section("https://www.a.example/news/2024/x"), section("https://blog.a.example/x"), section("https://a.example/x")
    ('a.example/news/', 'blog.a.example/', '')
    """
    found = address(url)
    if not found:
        return ""
    host = found.host.removeprefix("www.")
    named = next((one for one in found.path[:-1] if not _NUMBERED.fullmatch(one)), "")
    if host == found.site and not named:
        return ""
    return f"{host}/{named}/"[:LONGEST] if named else f"{host}/"


def site_of(url: str, record: Mapping[str, Any], source: str, key: str = "") -> str:
    """The site of a record: its field ``key``, else the registrable domain, the feed, the source; empty for none.

    >>> site_of("", {"feed": "Bees Weekly"}, "scored.jsonl"), site_of("", {}, "scored.jsonl")
    ('Bees Weekly', 'scored.jsonl')
    """
    if key:
        return _plain(record[key] if key in record else fields.follow(record, key))
    found = address(url) if url else None
    return found.site if found else _plain(record.get("feed")) or _plain(record.get("source")) or _plain(source)


def _plain(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return " ".join(str(value).split())[:LONGEST]
