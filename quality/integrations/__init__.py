"""Integrations: thin skins over one scorer for the places where texts already are. They decide nothing themselves.

Each is a module of its own, named after what it is for, and imports that only when it is imported itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed(library: str, extra: str) -> Iterator[None]:
    """Around the imports of a library that not everyone installs.

    Raises:
        ImportError: when it is missing; says the command that mends it.

    >>> with needed("Scrapy", "scrapy"):
    ...     raise ImportError
    Traceback (most recent call last):
    ImportError: this needs Scrapy: pip install 'quality[scrapy]'
    """
    try:
        yield
    except ImportError:
        raise ImportError(f"this needs {library}: pip install 'quality[{extra}]'") from None
