"""The exceptions of this package, all below one root.

    QualityError
    ├── InputError      a file, stream or record that cannot be read: carries its place and the reason
    ├── CorpusError     a corpus row or article that breaks the rules: path:line and what is wrong
    ├── ModelError      a model folder that is missing, damaged or of another format
    └── UsageError      options that do not go together

Each message is one line that names the place and, where there is one, the remedy.
"""

from __future__ import annotations


class QualityError(Exception):
    """Root of every error that this package raises on purpose."""


class InputError(QualityError):
    """Input that cannot be read.

    >>> str(InputError("a.txt", "is empty"))
    'a.txt: is empty'
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class CorpusError(QualityError):
    """A corpus that breaks its rules; ``problems`` holds one ``path:line: what`` each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ModelError(QualityError):
    """A model folder that cannot be used."""


class UsageError(QualityError):
    """Options or arguments that do not go together."""


def reason(error: Exception) -> str:
    """What an error says, as the reason why an input cannot be read.

    >>> reason(FileNotFoundError(2, "No such file or directory")), reason(ValueError("odd"))
    ('no such file or directory', 'cannot be read (ValueError: odd)')
    """
    if isinstance(error, InputError):
        return error.reason
    if isinstance(error, QualityError):
        return str(error)
    if isinstance(error, OSError):
        said = error.strerror or str(error) or type(error).__name__
        return said[:1].lower() + said[1:]
    return f"cannot be read ({type(error).__name__}: {error})"
