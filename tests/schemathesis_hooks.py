"""For schemathesis: texts of the types that it does not know are sent as they are."""

import schemathesis


@schemathesis.serializer(
    "text/markdown", "text/html", "application/xhtml+xml", "application/x-ndjson", "application/ndjson",
    "application/jsonl",
)  # fmt: skip
def plain(ctx: schemathesis.SerializationContext, value: object) -> bytes:
    """A text in UTF-8; what is no text cannot be sent as one, so nothing is, which is refused."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""


@schemathesis.deserializer("application/x-ndjson")
def lines(ctx: schemathesis.DeserializationContext, response: schemathesis.Response) -> str:
    """JSON lines are one text."""
    return response.content.decode()
