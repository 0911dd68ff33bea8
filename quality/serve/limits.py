"""Limits: how much of the machine requests may take, all together and each."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes.

    ``body``: bytes of a request. ``seconds``: for a body to arrive, and then for a text to be scored. ``requests``:
    under way at once; no more than ``requests * body`` bytes of texts are ever held. ``threads``: that score.
    ``connections``: open at once. ``idle``: seconds in which an open connection must bring a request, and in which a
    client must take what is sent.

    >>> Limits().body
    4194304
    """

    body: int = 4 << 20
    seconds: float = 15.0
    requests: int = 32
    threads: int = min(4, os.cpu_count() or 1)
    connections: int = 256
    idle: float = 10.0


DEFAULT = Limits()

RETRY = {"retry-after": "1"}
"""Header of an answer at a busy time: seconds after which to try again (RFC 9110, section 10.2.3)."""
