"""Coverage-guided fuzzing with atheris: python fuzz/fuzz.py TARGET [-max_total_time=SECONDS] [FOLDER]

A target is a format of the readers, `all` (told from the bytes), `text` (scored), or `model` (a model's folder with one
file replaced). What is found and is neither an answer nor an error of this package ends the run, and its input is in a
file ``crash-*``: mend it, and give it a case in tests/cases.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["quality"]):
    from quality import store
    from quality.document import Document
    from quality.errors import InputError, ModelError
    from quality.readers import FORMATS, Options, read
    from quality.readers.fields import is_html
    from quality.scorer import Scorer
    from quality.writers.csv import cell

OPTIONS = Options(max_record=1 << 16)


def reading(format: str | None) -> Callable[[bytes], None]:
    """Bytes read as a format give documents and rejects with reasons of one line, or one error."""

    def target(content: bytes) -> None:
        try:
            for one in read(io.BytesIO(content), "a", OPTIONS, format):
                if isinstance(one, Document):
                    assert one.text
                    assert "\0" not in one.text
                else:
                    assert one.reason
        except InputError as error:
            assert error.reason

    return target


def scoring() -> Callable[[bytes], None]:
    """Texts are scored; spans lie in the text and evidence sums to the logit."""
    scorer = Scorer.load()

    def target(content: bytes) -> None:
        text = content.decode("utf-8", "surrogateescape")
        score = scorer.score(text, explain=True)
        for one in score.evidence:
            assert all(0 <= start < end <= len(text) for start, end in one.spans)
        if score.logit is not None and score.bias is not None:
            assert abs(score.bias + sum(one.contribution for one in score.evidence) - score.logit) < 1e-6
        is_html(text)
        cell(text)

    return target


def loading() -> Callable[[bytes], None]:
    """A model with a file replaced (its sums put right) is refused, or can be used."""
    folder = Path(tempfile.mkdtemp()) / "en"
    shutil.copytree(store.default_folder(), folder)
    names = [*store.FILES, "model.json"]
    whole = {name: (folder / name).read_bytes() for name in names}
    store._check_file = lambda *_: None
    store._seal = lambda content, told="": told or store.UNSEALED

    def target(content: bytes) -> None:
        name = names[content[0] % len(names)] if content else names[0]
        old = whole[name]
        at = int.from_bytes(content[1:4], "big") % len(old)
        (folder / name).write_bytes(old[:at] + content[4:] + old[at + len(content[4:]) :])
        try:
            Scorer.load(folder).score("The mill at Corran Ford stopped on Tuesday, it said. " * 12, explain=True)
        except ModelError as error:
            assert "\n" not in str(error)
        finally:
            (folder / name).write_bytes(old)

    return target


def main() -> None:
    """Fuzz a target until the time is up or something is found."""
    warnings.simplefilter("ignore")
    name, *words = sys.argv[1:]
    targets = {"text": scoring, "model": loading}
    target = targets[name]() if name in targets else reading(None if name == "all" else name)
    if name not in {"all", *targets, *FORMATS}:
        sys.exit(f"{name}: is no target; there are all, text, model, {', '.join(FORMATS)}")
    atheris.Setup([sys.argv[0], *words], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
