"""Metrics: what is counted, in the text format of Prometheus. No text, address or name of a client is in it."""

from __future__ import annotations

from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quality.writers import Scored

CONTENT_TYPE = CONTENT_TYPE_PLAIN_1_0_0
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts of one server."""

    def __init__(self, model: str) -> None:
        known = self.registry = CollectorRegistry()
        self.requests = Counter("quality_requests", "Requests answered.", ["path", "status"], registry=known)
        self.seconds = Histogram(
            "quality_request_seconds", "From head to end of answer.", ["path"], registry=known, buckets=SECONDS
        )
        self.verdicts = Counter("quality_verdicts", "Texts scored.", ["verdict"], registry=known)
        self.rejects = Counter("quality_rejects", "Texts and lines that could not be read.", registry=known)
        self.characters = Counter("quality_characters", "Characters scored.", registry=known)
        self.under_way = Gauge("quality_requests_under_way", "Requests that are scored now.", registry=known)
        Gauge("quality_model", "The model.", ["model"], registry=known).labels(model).set(1)

    def count(self, scored: Scored) -> None:
        """Count one scored text."""
        self.verdicts.labels(scored.score.verdict).inc()
        self.characters.inc(len(scored.document.text))

    def page(self, under_way: int) -> bytes:
        """All counts."""
        self.under_way.set(under_way)
        return generate_latest(self.registry)


class Counted:
    """Around everything: counts requests by path and status; paths that there are not count as one."""

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: frozenset[str]) -> None:
        self.app, self.metrics, self.paths = app, metrics, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and count it."""
        path = scope["path"] if scope.get("path") in self.paths else "other"
        status = 500
        begin = perf_counter()

        async def heard(message: Message) -> None:
            """Send a part of the answer, and keep its status."""
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, heard)
        finally:
            self.metrics.requests.labels(path, str(status)).inc()
            self.metrics.seconds.labels(path).observe(perf_counter() - begin)
