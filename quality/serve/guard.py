"""Guard: whose requests are taken, and what a browser may do with the answers.

A page of another site can make a browser send requests to a server on the same machine. By DNS rebinding it does so
under its own name, so the Host header must be one of this server's names; without it, the browser says in Origin or
Sec-Fetch-Site whose page it is (Fetch standard, W3C Fetch Metadata). No answer allows another origin to read it (CORS).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quality.serve.body import drop
from quality.serve.problem import problem

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY = "*"
"""Stands for every name."""

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
"""Headers of every answer that does not say otherwise."""


class Guard:
    """In front of all routes; ``names``: hosts that requests may be for, ``*`` for any."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; every answer carries the headers."""

        async def guarded(message: Message) -> None:
            """Send a part of the answer, with the headers where it begins."""
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = refusal(Headers(scope=scope), self.names, scope["method"])
        if answer:
            await drop(receive)
        await (answer or self.app)(scope, receive, guarded)


def refusal(headers: Headers, names: frozenset[str], method: str) -> Response | None:
    """The answer to a request that is not taken.

    >>> refusal(Headers({"host": "localhost:8000"}), LOOPBACK, "GET")
    >>> refusal(Headers({"host": "evil.example"}), LOOPBACK, "GET").status_code
    421
    """
    host = headers.get("host", "")
    if ANY not in names and hostname(host) not in names:
        return problem(421, "this server does not go by the name that the Host header gives")
    origin = headers.get("origin")
    if method not in {"GET", "HEAD"} and (
        (origin is not None and origin.lower().partition("://")[2] != host.lower())
        or headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
    ):
        return problem(403, "the request comes from a page of another site")
    return None


def hostname(host: str) -> str:
    """Name in a Host header, without its port.

    >>> hostname("[::1]:8000"), hostname("LOCALHOST"), hostname("[")
    ('::1', 'localhost', '')
    """
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
