"""App: the routes of the server, as an ASGI application that any server can run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from quality import __version__
from quality.readers import Options
from quality.scorer import Scorer
from quality.serve import start
from quality.serve.body import body, told
from quality.serve.gate import Gate
from quality.serve.guard import LOOPBACK, Guard
from quality.serve.limits import DEFAULT, Limits
from quality.serve.metrics import CONTENT_TYPE, Counted, Metrics
from quality.serve.problem import failed, refused
from quality.serve.service import Service, wish
from quality.writers.records import Record, dumped

HERE = Path(__file__).parent
SUMMARY = "Tells whether an English article is content-farm material, and shows its evidence"


def app(scorer: Scorer, limits: Limits = DEFAULT, names: frozenset[str] = LOOPBACK) -> Starlette:
    """The application; ``names``: hosts that requests may be for.

    >>> sorted(route.path for route in app(Scorer.load()).routes)
    ['/', '/health', '/metrics', '/openapi.json', '/report', '/score']
    """
    metrics = Metrics(scorer.name)
    service = Service(scorer, limits, metrics)
    answers = Answers(service)
    paths = [
        Route("/", answers.start),
        Route("/score", answers.score, methods=["POST"], middleware=[Middleware(Gate, service)]),
        Route("/report", answers.report, methods=["POST"], middleware=[Middleware(Gate, service)]),
        Route("/health", answers.health),
        Route("/metrics", answers.metrics),
        Route("/openapi.json", answers.openapi),
    ]
    around = [
        Middleware(Counted, metrics, frozenset(one.path for one in paths)),
        Middleware(Guard, names),
    ]
    return Starlette(routes=paths, middleware=around, exception_handlers={HTTPException: refused, Exception: failed})


class Answers:
    """One function a route."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def score(self, request: Request) -> Response:
        """The record of a text, or those of JSON lines, one after the other as they are scored."""
        kind, charset = told(request.headers)
        wanted = wish(request.query_params)
        content = await body(request, self.service.limits)
        if kind == "jsonl":
            return StreamingResponse(self.service.lines(content, wanted), media_type="application/x-ndjson")
        scored = await self.service.score(content, kind, charset, wanted)
        record = Record(scored).fields(Options() if wanted.drop_text else None)
        return Response(dumped(record), media_type="application/json")

    async def start(self, request: Request) -> Response:
        """The page on which a text is pasted or dropped."""
        return HTMLResponse(start.start(self.service.scorer.name), headers=start.HEADERS)

    async def report(self, request: Request) -> Response:
        """The page about one text, as `quality score --format html` writes it."""
        kind, charset = told(request.headers)
        if kind == "jsonl":
            raise HTTPException(415, "a report is about one text")
        wanted = wish(request.query_params)._replace(explain=True)
        content = await body(request, self.service.limits)
        return HTMLResponse(await self.service.report(content, kind, charset, wanted))

    async def health(self, request: Request) -> Response:
        """That the server is up, and with which model."""
        return Response(dumped({"status": "ok", "model": self.service.scorer.name}), media_type="application/json")

    async def metrics(self, request: Request) -> Response:
        """All counts, for Prometheus."""
        return Response(self.service.metrics.page(self.service.under_way), headers={"content-type": CONTENT_TYPE})

    async def openapi(self, request: Request) -> Response:
        """The OpenAPI document."""
        return Response(dumped(openapi()), media_type="application/json")


@cache
def openapi() -> dict[str, object]:
    """The OpenAPI document (version 3.1) of all routes.

    >>> sorted(openapi()["paths"])
    ['/', '/health', '/metrics', '/openapi.json', '/report', '/score']
    """
    document: dict[str, object] = orjson.loads((HERE / "openapi.json").read_bytes())
    return document | {"info": {"title": "quality", "version": __version__, "summary": SUMMARY}}
