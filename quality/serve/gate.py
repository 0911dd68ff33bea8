"""Gate: only so many requests are under way at once; who comes when there is no room hears so at once."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from quality.serve.body import drop
from quality.serve.limits import RETRY
from quality.serve.problem import problem
from quality.serve.service import Service


class Gate:
    """In front of what takes time. A request is under way until its answer is sent."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or tell it that there is no room."""
        if not self.service.enter():
            await drop(receive)
            await problem(503, "too many requests are under way", RETRY)(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self.service.leave()
