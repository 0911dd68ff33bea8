"""Signals: what is measured on a document beside its terms, in three groups.

``SIGNALS`` is the one list of them, in the order of the model's weights. To add one: write it in its group's module,
add its cases to ``tests/cases/signals.json`` and train again.
"""

from __future__ import annotations

from quality.signals import filler, repetition, sourcing
from quality.signals.base import Signal

SIGNALS: tuple[Signal, ...] = filler.SIGNALS + repetition.SIGNALS + sourcing.SIGNALS

__all__ = ["SIGNALS", "Signal"]
