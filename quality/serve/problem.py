"""Problem: an answer that says why there is no other (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from quality.writers.records import dumped

CLOSING = frozenset({408, 413, 503})
"""Answers after which a connection is of no more use: its body was not read, or others wait."""


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer; ``detail`` is one sentence.

    >>> problem(404, "there is no such page").body
    b'{"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such page"}'
    """
    content = told(status, detail)
    closing = {"connection": "close"} if status in CLOSING else {}
    return Response(dumped(content), status, {**(headers or {}), **closing}, "application/problem+json")


def told(status: int, detail: str) -> dict[str, str | int]:
    """What the answer says."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


async def refused(request: Request, error: Exception) -> Response:
    """The answer to a request that was refused."""
    assert isinstance(error, HTTPException)
    return problem(error.status_code, error.detail, error.headers)


async def failed(request: Request, error: Exception) -> Response:
    """The answer when it is this program that is wrong; the error itself goes to its log."""
    return problem(500, "this is a mistake in the program, told in its log")
