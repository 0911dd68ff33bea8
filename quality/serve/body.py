"""Body: the bytes of a request and what they are, or why they are not taken."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from quality.readers.decode import charset
from quality.serve.limits import Limits

FORMATS = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
    "application/jsonl": "jsonl",
}
"""Content type -> name of the format."""

PARTING = 1.0
"""Seconds for which a body that is not taken is still read, so that its sender hears the answer and no reset."""


def told(headers: Headers) -> tuple[str, str]:
    """Format and charset (empty: not said) of a body by its headers.

    Raises:
        HTTPException: 415 for a content type, charset or packing that is not taken.

    >>> told(Headers({"content-type": "text/html; charset=latin-1"}))
    ('html', 'latin-1')
    """
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "a body comes as it is, not packed", {"accept-encoding": "identity"})
    kind, _, parameters = headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind not in FORMATS:
        known = ", ".join(FORMATS)
        raise HTTPException(415, f"the content type is one of {known}", {"accept-post": known})
    return FORMATS[kind], _charset(parameters)


def _charset(parameters: str) -> str:
    for one in parameters.split(";"):
        name, _, value = one.partition("=")
        if name.strip().lower() == "charset":
            said = value.strip().strip("\"'")
            if charset(said):
                return said
            raise HTTPException(415, "the charset is unknown")
    return ""


async def body(request: Request, limits: Limits) -> bytes:
    """The bytes of a request.

    Raises:
        HTTPException: 413 when they are too many, 408 when they come too slowly, 400 when they do not all come.
    """
    content = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            if int(request.headers.get("content-length", "0")) <= limits.body:
                async for part in request.stream():
                    content += part
                    if len(content) > limits.body:
                        break
                else:
                    return bytes(content)
    except TimeoutError:
        raise HTTPException(408, f"the body did not arrive within {limits.seconds:g} seconds") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body did not arrive") from None
    await drop(request.receive)
    raise HTTPException(413, f"a body has {limits.body} bytes at most; `quality batch` takes files of any size")


async def drop(receive: Receive) -> None:
    """Read what is left of a body, for a moment, and keep none of it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PARTING):
            while (await receive()).get("more_body"):
                pass
