"""``quality serve``: score over HTTP, for this machine alone unless told otherwise."""

from __future__ import annotations

import socket

import click

from quality.cli.options import Size
from quality.errors import UsageError
from quality.scorer import Scorer
from quality.terminal import tell


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0: any free one.")
@click.option(
    "--public", multiple=True, metavar="NAME",
    help="Let other machines in, by this name of the server (* for any); may be repeated. Needed for other hosts.",
)  # fmt: skip
@click.option("--model", type=click.Path(), metavar="DIR", help="Use another model than the one that comes along.")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="P", help="Score from which a text is a farm page.")
@click.option("--max-body", type=Size(), default="4M", show_default=True, metavar="SIZE", help="Largest request (413).")
@click.option(
    "--timeout", type=click.FloatRange(1), default=15.0, show_default=True, metavar="SECONDS",
    help="Time for a request to arrive (408), and then for a text to be scored (503).",
)  # fmt: skip
@click.option(
    "--requests", type=click.IntRange(1), default=32, show_default=True, metavar="N",
    help="Requests under way at once (503 beyond).",
)  # fmt: skip
@click.option(
    "--connections", type=click.IntRange(1), default=256, show_default=True, metavar="N",
    help="Connections open at once (503 beyond).",
)  # fmt: skip
@click.option(
    "--idle", type=click.FloatRange(1), default=10.0, show_default=True, metavar="SECONDS",
    help="Cut a client that sends no request, or takes no answer, for so long.",
)  # fmt: skip
def serve(  # noqa: PLR0913, PLR0917 - the options are the interface
    host: str, port: int, public: tuple[str, ...], model: str | None, threshold: float | None, max_body: int,
    timeout: float, requests: int, connections: int, idle: float,
) -> None:  # fmt: skip
    """Score over HTTP: POST a text, Markdown, HTML, a JSON record or JSON lines to /score.

    The page / scores a text that is pasted; /openapi.json describes all, /health and /metrics are for those who run it.
    SIGINT (Ctrl-C) and SIGTERM end it when the requests under way are answered.

    \b
    Example:
      quality serve --port 8000
      curl --data-binary @article.txt -H 'Content-Type: text/plain' http://127.0.0.1:8000/score
    """
    _require()
    from quality.serve import run
    from quality.serve.app import app
    from quality.serve.guard import LOOPBACK
    from quality.serve.limits import Limits

    if not (public or run.is_loopback(host)):
        raise UsageError(f"--host {host} lets other machines in: say by which name, --public NAME (or --public '*')")
    scorer = Scorer.load(model)
    if threshold is not None:
        scorer = scorer.with_threshold(threshold)
    limits = Limits(max_body, timeout, requests, connections=connections, idle=idle)
    names = LOOPBACK | {one.lower() for one in (*public, host)}
    sock = run.listen(host, port)
    run.run(app(scorer, limits, frozenset(names)), sock, limits, lambda: _ready(sock, scorer.name, public))


def _require() -> None:
    from importlib.util import find_spec

    if missing := [one for one in ("starlette", "uvicorn", "prometheus_client") if find_spec(one) is None]:
        raise UsageError(f"serving needs {', '.join(missing)}: pip install 'quality[serve]'")


def _ready(sock: socket.socket, model: str, public: tuple[str, ...]) -> None:
    host, port = sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    who = f"for other machines too, as {', '.join(public)}" if public else "for this machine only"
    tell(f"serving on http://{shown}:{port} {who} (model {model})")
