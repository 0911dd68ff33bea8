"""Store: save and load the model's files, with every check.

A model is a folder of inert files: plain arrays (``.npy``, never pickled), word list, JSON. ``model.json`` holds a
format number, the sha256 of every file (its own with that left out), library versions, the corpus' digest and held-out
figures.
``terms.tsv`` is for people: every term and signal with its weights.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality import kernel
from quality import terms as term_names
from quality.errors import ModelError
from quality.features import Scale
from quality.language import PHRASE_LISTS
from quality.lexicon import LONGEST, Lexicon
from quality.model import HEADS, LinearModel
from quality.phrases import WORD_BITS, Phrases
from quality.signals import SIGNALS
from quality.terms import MOST_KNOWN, Terms, possible

FORMAT = 1
ARRAYS = {
    "steps": np.uint64, "lists": np.uint32, "terms": np.uint64, "idf": np.float64,
    "scale": np.float64, "weights": np.float64, "bias": np.float64,
}  # fmt: skip
LARGEST = 32 << 20  # bytes of one file; ours are under two megabytes
HIGHEST = 1e9  # absolute value of a number: sums of such numbers stay finite
LOWEST = 1e-9  # deviation of a signal
UNSEALED = "0" * 64  # what stands for the sha256 of model.json in model.json when it is taken
_WORD = re.compile(r"[!-~]+")
FILES = (*(f"{name}.npy" for name in ARRAYS), "lexicon.txt", "terms.tsv")
DEFAULT = "en"


def default_folder() -> Path:
    """The folder of the model that comes with the package."""
    inside = Path(__file__).parent / "models" / DEFAULT
    return inside if inside.is_dir() else Path(__file__).parent.parent / "models" / DEFAULT


def save(model: LinearModel, folder: Path) -> str:
    """Write the model's files; returns the digest. ``model.meta`` goes into ``model.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {
        "steps": model.phrases.steps, "lists": model.phrases.lists, "terms": model.terms.keys, "idf": model.idf,
        "scale": np.stack(model.scale), "weights": model.weights, "bias": model.bias,
    }  # fmt: skip
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array.astype(ARRAYS[name]), allow_pickle=False)
    (folder / "lexicon.txt").write_text("\n".join(model.lexicon.words) + "\n", encoding="utf-8")
    (folder / "terms.tsv").write_text(_listing(model), encoding="utf-8")
    meta = dict(model.meta) | {
        "format": FORMAT, "known": model.terms.known, "phrase_lists": list(model.phrases.names),
        "signals": [signal.name for signal in SIGNALS], "thresholds": dict(model.thresholds),
        "sha256": {name: _sha256(folder / name) for name in FILES},
    }  # fmt: skip
    meta["sha256"]["model.json"] = UNSEALED
    content = json.dumps(meta, indent=1, sort_keys=True) + "\n"
    (folder / "model.json").write_text(content.replace(UNSEALED, _seal(content.encode())), encoding="utf-8")
    return digest(folder)


def _seal(content: bytes, told: str = UNSEALED) -> str:
    """The sha256 of a ``model.json`` in which another is ``told``."""
    return hashlib.sha256(content.replace(told.encode(), UNSEALED.encode())).hexdigest()


def _listing(model: LinearModel) -> str:
    names = [term_names.name(int(key), model.lexicon.words) for key in model.terms.keys]
    names += [f"signal:{signal.name}" for signal in SIGNALS]
    lines = ["\t".join(("term", *HEADS))]
    lines += ["\t".join((name, *(f"{w:.5f}" for w in row))) for name, row in zip(names, model.weights, strict=True)]
    return "\n".join(lines) + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(folder: Path) -> str:
    """The model's digest: sha256 of ``model.json``, which holds those of all other files."""
    return _sha256(folder / "model.json")


def load(folder: Path | str | None = None) -> LinearModel:
    """Load a model folder; None stands for the model that comes with the package.

    Raises ModelError, with its own message for each, when the folder or a file is missing, too large, altered,
    truncated, of another format or of other signals, or holds numbers that cannot be; UsageError when the kernel that
    ``QUALITY_KERNEL`` asks for is not there.
    """
    kernel.ready()
    folder = default_folder() if folder is None else Path(folder)
    meta = _meta(folder)
    for name in FILES:
        _check_file(folder, name, meta["sha256"][name])
    arrays = {name: _array(folder, name) for name in ARRAYS}
    words = _words(folder / "lexicon.txt")
    _check_shapes(folder, arrays)
    _check_values(folder, arrays, words, meta)
    try:
        lexicon = Lexicon(words)
        phrases = Phrases(meta["phrase_lists"], arrays["steps"], arrays["lists"], len(words))
        terms = Terms(arrays["terms"], meta["known"])
    except ValueError as error:
        raise ModelError(f"{folder}: was made to be slow ({error})") from None
    return LinearModel(
        lexicon=lexicon, phrases=phrases, terms=terms, idf=arrays["idf"], scale=Scale(*arrays["scale"]),
        weights=arrays["weights"], bias=arrays["bias"], thresholds=meta["thresholds"],
        meta=meta | {"digest": digest(folder)},
    )  # fmt: skip


def _meta(folder: Path) -> dict[str, Any]:
    path = folder / "model.json"
    if not path.is_file():
        raise ModelError(f"{folder}: no model here (model.json is missing)")
    _check_place(path)
    content = path.read_bytes()
    try:
        meta = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: is not JSON ({error})") from None
    meta = meta if isinstance(meta, dict) else {}
    if meta.get("format") != FORMAT:
        raise ModelError(f"{path}: format {meta.get('format')!r}, this version reads {FORMAT}; train again")
    if meta.get("signals") != [signal.name for signal in SIGNALS]:
        raise ModelError(f"{path}: was trained with other signals than this version has; train again")
    if meta.get("phrase_lists") != list(PHRASE_LISTS):
        raise ModelError(f"{path}: was trained with other phrase lists than this version has; train again")
    files = meta.get("sha256")
    if not isinstance(files, dict) or set(files) != {*FILES, "model.json"}:
        raise ModelError(f"{path}: lists other files than a model has")
    own = files["model.json"]
    if not isinstance(own, str) or len(own) != len(UNSEALED) or _seal(content, own) != own:
        raise ModelError(f"{path}: was altered or truncated (its sha256 is not the one that it tells)")
    return meta


def _check_place(path: Path) -> None:
    if not path.resolve().is_relative_to(path.parent.resolve()):
        raise ModelError(f"{path}: leads out of the model's folder")
    if os.path.getsize(path) > LARGEST:
        raise ModelError(f"{path}: is larger than {LARGEST >> 20} MiB")


def _check_file(folder: Path, name: str, expected: str) -> None:
    path = folder / name
    if not path.is_file():
        raise ModelError(f"{path}: is missing")
    _check_place(path)
    if _sha256(path) != expected:
        raise ModelError(f"{path}: was altered or truncated (its sha256 is not the one in model.json)")


def _array(folder: Path, name: str) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    try:
        array = np.load(path, allow_pickle=False)
    except Exception as error:  # NumPy parses its headers by Python's tokeniser, which has exceptions of its own
        raise ModelError(f"{path}: is no plain array ({' '.join(str(error).split())[:200]})") from None
    if not isinstance(array, np.ndarray) or array.dtype != ARRAYS[name]:
        raise ModelError(f"{path}: holds other numbers than {np.dtype(ARRAYS[name])}")
    if array.dtype.kind == "f" and not (np.abs(array) <= HIGHEST).all():
        raise ModelError(f"{path}: holds numbers that are not finite, or beyond all use")
    return array


def _words(path: Path) -> list[str]:
    text = path.read_bytes().decode("latin-1")
    words = text.splitlines()
    known = text == text.lower() and len(set(words)) == len(words) > 0 and all(map(_WORD.fullmatch, words))
    if not known or not 0 < min(map(len, words)) <= max(map(len, words)) <= LONGEST:
        raise ModelError(f"{path}: holds words that cannot be")
    return words


def _check_shapes(folder: Path, arrays: dict[str, NDArray[Any]]) -> None:
    terms, steps, signals = arrays["terms"].size, arrays["steps"].size, len(SIGNALS)
    right = {
        "idf": (terms,), "weights": (terms + signals, len(HEADS)), "bias": (len(HEADS),), "scale": (2, signals),
        "terms": (terms,), "steps": (steps,), "lists": (steps + 1,),
    }  # fmt: skip
    for name, shape in right.items():
        if arrays[name].shape != shape:
            raise ModelError(f"{folder / name}.npy: has shape {arrays[name].shape}, not {shape}")


def _check_values(folder: Path, arrays: dict[str, NDArray[Any]], words: list[str], meta: dict[str, Any]) -> None:
    steps, terms = arrays["steps"], arrays["terms"]
    if not (steps >> np.uint64(WORD_BITS) <= np.arange(len(steps))).all():
        raise ModelError(f"{folder / 'steps.npy'}: holds a step that nothing leads to")
    if not (steps & np.uint64((1 << WORD_BITS) - 1) < len(words)).all():
        raise ModelError(f"{folder / 'steps.npy'}: holds words that the lexicon lacks")
    if not (terms[1:] > terms[:-1]).all():
        raise ModelError(f"{folder / 'terms.npy'}: holds a term twice, or terms out of order")
    if not (arrays["scale"][1] >= LOWEST).all():
        raise ModelError(f"{folder / 'scale.npy'}: holds a deviation that is not above 0")
    known, name = meta.get("known"), meta.get("name", "")
    if type(known) is not int or not 0 < known <= min(len(words), MOST_KNOWN):
        raise ModelError(f"{folder / 'model.json'}: 'known' does not fit the lexicon")
    if not possible(terms, known).all():
        raise ModelError(f"{folder / 'terms.npy'}: holds a term that no text has")
    if not isinstance(name, str) or not name.isprintable():
        raise ModelError(f"{folder / 'model.json'}: its name is none")
    limits = meta.get("thresholds")
    suspect, farm = (_number(limits, name) for name in ("suspect", "farm"))
    if not 0 <= suspect <= farm <= 1:
        raise ModelError(f"{folder / 'model.json'}: thresholds must be 0 <= suspect <= farm <= 1")


def _number(values: object, name: str) -> float:
    """A number of a JSON object; NaN where it has none of that name."""
    value = values.get(name) if isinstance(values, dict) else None
    return float(value) if isinstance(value, float | int) else np.nan
