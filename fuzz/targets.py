"""What is fuzzed: each target takes bytes, and raises for what is neither an answer nor an error of this package."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from answers import scoring

from quality import kernel, language, output, scored, store
from quality.compile import LIBRARY
from quality.corpus import articles as written
from quality.corpus import groups, rows, singles
from quality.corpus.read import read as corpus_text
from quality.document import Document
from quality.errors import CorpusError, InputError, ModelError, QualityError, UsageError
from quality.lexicon import Lexicon
from quality.model import LinearModel
from quality.output import Names
from quality.phrases import Phrases
from quality.readers import FORMATS, Options, Reject, read
from quality.readers.fields import is_html
from quality.report.build import Content, report
from quality.report.gather import Limits, gather
from quality.scorer import Scorer
from quality.serve.service import document
from quality.sites import Judge, articles, records
from quality.sites.article import packed, unpacked
from quality.terms import Terms, possible
from quality.writers.csv import cell
from quality.writers.forms import Kind

Target = Callable[[bytes], object]

OPTIONS = Options(max_record=1 << 16)
PLAIN = "The mill at Corran Ford stopped on Tuesday, it said. It is important to note that mills stop. " * 8
CHARSETS = ("", "utf-8", "latin-1", "utf-16", "utf-7", "shift_jis", "gb18030", "iso2022_jp", "hz", "cp037")
BODIES = ("text", "markdown", "html", "json")
WORDS = 300  # of the model that is spoilt: a small one loads often


def reader(format: str | None) -> Target:
    """Bytes read as a format give documents and rejects with reasons of one line, or one error."""

    def target(content: bytes) -> None:
        try:
            for one in read(io.BytesIO(content), "a", OPTIONS, format):
                if isinstance(one, Document):
                    assert one.text
                    assert "\0" not in one.text
                else:
                    _one_line(one.reason)
        except InputError as error:
            _one_line(error.reason)

    return target


def _one_line(said: str) -> None:
    assert said
    assert "\n" not in said


def text() -> Target:
    """Texts are scored; spans lie in the text and evidence sums to the logit."""
    scorer = Scorer.load()

    def target(content: bytes) -> None:
        said = content.decode("utf-8", "surrogateescape")
        scoring(said, scorer)
        is_html(said)
        cell(said)

    return target


def twins() -> Target:
    """The compiled kernel gives what NumPy gives, to the last bit, of a few texts at once."""
    compare, model = _compare(), store.load()
    return lambda content: compare([one.decode("utf-8", "replace") for one in content.split(b"\0")], model)


def _compare() -> Callable[[list[str], LinearModel], None]:
    if kernel.NAME != "compiled":
        sys.exit(f"{LIBRARY} is not there; `python -m quality.compile` builds it")
    sys.path.append(str(Path(__file__).parent.parent / "tests"))
    from test_kernel import compare

    return compare


def model() -> Target:
    """A model with a file replaced (its sums put right) is refused, or both kernels can use it."""
    compare, folder = _compare(), Path(tempfile.mkdtemp()) / "en"
    store.save(_small(store.load()), folder)
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
            scorer = Scorer.load(folder)
            scorer.score(PLAIN, explain=True)
            compare([PLAIN], scorer.model)
        except ModelError as error:
            _one_line(str(error))
        finally:
            (folder / name).write_bytes(old)

    return target


def _small(whole: LinearModel) -> LinearModel:
    known = WORDS // 2
    lexicon = Lexicon(whole.lexicon.words[:WORDS])
    phrases = Phrases.compile({name: language.phrases(name) for name in language.PHRASE_LISTS}, lexicon)
    kept = possible(whole.terms.keys, known)
    chosen = [*kept, *(True for _ in whole.weights[len(kept) :])]
    return replace(
        whole, lexicon=lexicon, phrases=phrases, terms=Terms(whole.terms.keys[kept], known), idf=whole.idf[kept],
        weights=whole.weights[chosen],
    )  # fmt: skip


def corpus() -> Target:
    """A file of a corpus (rows, an article, groups, a page in the cache) is read, or told with lines of its faults."""
    folder = Path(tempfile.mkdtemp())

    def rules(path: Path) -> None:
        one = written.read_written(path)
        for problems in (written.header_problems(one), singles.header_problems(one), written.text_problems(one, 1, 9)):
            list(problems)

    kinds: list[Callable[[Path], object]] = [
        rows.read_rows, rules, groups.read_groups,
        lambda path: corpus_text(path.read_bytes(), "md"), lambda path: corpus_text(path.read_bytes(), "text"),
    ]  # fmt: skip

    def target(content: bytes) -> None:
        path = folder / "file"
        path.write_bytes(content[1:])
        try:
            kinds[content[0] % len(kinds) if content else 0](path)
        except CorpusError as error:
            assert error.problems

    return target


def scored_records() -> Target:
    """What claims to be scored records gives sites, a block of lines and a page, or rejects."""
    path, scorer = Path(tempfile.mkdtemp()) / "scored.jsonl", Scorer.load()
    judge = Judge(scorer)

    def target(content: bytes) -> None:
        path.write_bytes(content)
        try:
            found = list(scored.read(str(path), OPTIONS))
        except QualityError as error:
            _one_line(str(error))
            return
        ours = [one if isinstance(one, Reject) else replace(one, model=scorer.name) for one in found]
        kept = [unpacked(packed(one)) for one in articles(ours, scorer.name, OPTIONS)]
        told = [one.as_dict() for one in judge.sites(kept)]
        assert len(list(records.json_lines(told))) == len(list(records.rows(told))) - 1
        report("scored.jsonl", Content(gather(found, OPTIONS, Limits(20, 3)), judge.sites(kept), []), scorer)

    return target


def journal() -> Target:
    """A journal of anything is gone on from, or refused; the output that it speaks of is not longer than it was."""
    names = Names.of(str(Path(tempfile.mkdtemp()) / "out.jsonl"))
    header = {"model": "en:1", "options": {}, "inputs": [["a.jsonl", 1, 1, ""]]}

    def target(content: bytes) -> None:
        for path in names.all():
            path.unlink(missing_ok=True)
        names.part.write_bytes(b'{"text": "Words."}\n' * 9)
        names.journal.write_bytes(content)
        try:
            if file := output.resume(names, Kind(".jsonl"), header):
                file.close()
        except UsageError as error:
            assert str(error)

    return target


def body(content: bytes) -> None:
    """A body of a request, in any charset, is a document or a reject."""
    form, charset = (content + b"\0\0")[:2]
    found = document(content[2:], BODIES[form % len(BODIES)], CHARSETS[charset % len(CHARSETS)], OPTIONS)
    if isinstance(found, Reject):
        _one_line(found.reason)


TARGETS: dict[str, Callable[[], Target]] = {
    "all": lambda: reader(None), **{name: lambda name=name: reader(name) for name in FORMATS},
    "score": text, "kernel": twins, "model": model, "corpus": corpus, "scored": scored_records, "journal": journal,
    "body": lambda: body,
}  # fmt: skip
"""Name of each target, and what makes it: `all` is any format, told from the bytes."""
