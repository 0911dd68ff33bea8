"""When the world fails: disks that fill or cannot be written to, clocks that jump, memory that ends, two at one output.

Nothing is lost and nothing comes twice, what was there before stays, and one line tells what happened. Kills, vanished
inputs and dying workers are in ``test_batch.py``.
"""

from __future__ import annotations

import ast
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import quality
from quality.lock import held

PACKAGE = Path(str(quality.__file__)).parent
ARTICLES = sorted((PACKAGE.parent / "corpus" / "articles").glob("*/*.md"))
ENVIRONMENT = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "PYTHONUTF8": "1"}
UNMEASURED = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("COVERAGE_PROCESS")}
"""For processes whose files are limited: those that coverage writes would be, too."""

ROOM = 300 << 10  # bytes of the small disk: less than what is written to it, more than a part of that
NO_SPACE = "cannot be written: no space left on device"


def run(
    *words: str, code: str = "", env: Mapping[str, str] = ENVIRONMENT, **options: Any
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, after some ``code``."""
    command = [sys.executable, "-c", f"{code}\nfrom quality.cli import main; main()", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, **options)


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error."""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("quality: ").rstrip()


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles of two sites, and the same scored."""
    folder = tmp_path_factory.mktemp("records")
    lines = (
        {"id": number, "url": f"https://s{number % 2}.example/{number}", "text": path.read_text(encoding="utf-8")}
        for number, path in enumerate(ARTICLES)
    )
    (folder / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    assert run("batch", str(folder / "a.jsonl"), "-o", str(folder / "scored.jsonl")).returncode == 0
    return folder


def mounted(folder: Path, options: str) -> Callable[[], object]:
    """Mount a disk of its own on a folder; returns what takes it away."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("a disk of its own needs mount")
    if done.returncode:
        pytest.skip(f"a disk of its own cannot be mounted here: {done.stderr.strip()}")
    return lambda: subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for ``ROOM`` bytes."""
    (tmp_path / "disk").mkdir()
    unmount = mounted(tmp_path / "disk", f"size={ROOM}")
    yield tmp_path / "disk"
    unmount()


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody can write to, the super-user neither."""
    folder = tmp_path / "sealed"
    folder.mkdir()
    if os.geteuid():
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    unmount = mounted(folder, "ro")
    yield folder
    unmount()


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet", "out.csv.gz"])
def test_a_batch_goes_on_when_there_is_room_again(name: str, records: Path, disk: Path) -> None:
    filler = disk / "filler"
    filler.write_bytes(bytes(ROOM - (40 << 10)))
    words = ("batch", str(records / "a.jsonl"), "--jobs", "1")
    smaller = "import quality.cli.batch as b; b.size_of_chunks = lambda explained: 9000"
    done = run(*words, "-o", str(disk / name), code=smaller)
    assert (done.returncode, told(done)) == (2, f"{disk / name}: {NO_SPACE}; --resume goes on from what was written")
    assert not (disk / name).exists()
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    again = run(*words, "-o", str(disk / name), "--resume", code=smaller)
    assert again.returncode == 0, again.stderr
    whole = run(*words, "-o", str(disk.parent / name), code=smaller)
    assert whole.returncode == 0
    assert (disk / name).read_bytes() == (disk.parent / name).read_bytes()
    assert sorted(path.name for path in disk.iterdir()) == [f".{name}.journal", name]


WRITING: dict[str, tuple[list[str], str]] = {
    "sites": (["sites", "{in}/scored.jsonl", "-o", "{out}/sites.jsonl"], "sites.jsonl"),
    "sites as Parquet": (["sites", "{in}/scored.jsonl", "-o", "{out}/sites.parquet"], "sites.parquet"),
    "report": (["report", "{in}/scored.jsonl", "-o", "{out}/report.html"], "report.html"),
    "calibrate": (["calibrate", "--good", "{in}/a.jsonl", "-o", "{out}/model"], "model"),
    "corpus new": (["corpus", "new", "health-inhaler-recall", "--corpus", "{out}"], "articles/health-inhaler-recall"),
}
"""What writes files, and the name of the place that it tells when it cannot."""


@pytest.mark.parametrize("case", WRITING)
def test_a_full_disk_is_told(case: str, records: Path, disk: Path) -> None:
    words, place = WRITING[case]
    (disk / "filler").write_bytes(bytes(ROOM - (4 << 10)))
    with pytest.raises(OSError, match="No space left"):
        (disk / "more").write_bytes(bytes(ROOM))
    done = run(*(word.format_map({"in": records, "out": disk}) for word in words))
    assert (done.returncode, told(done)) == (2, f"{disk / place}: {NO_SPACE}")
    assert not (disk / place).is_file()


@pytest.mark.parametrize("case", [*WRITING, "batch"])
def test_what_cannot_be_written_to_is_told(case: str, records: Path, sealed: Path) -> None:
    words, place = WRITING.get(case, (["batch", "{in}/a.jsonl", "-o", "{out}/out.jsonl"], "out.jsonl"))
    done = run(*(word.format_map({"in": records, "out": sealed}) for word in words))
    assert done.returncode == 2
    assert told(done).startswith((f"{sealed / place}: cannot be written: ", f"{sealed}: cannot be written: "))
    assert list(sealed.iterdir()) == []


SHOWING = (
    ["score", str(ARTICLES[0])], ["score", "--format", "html", str(ARTICLES[0])], ["model", "show"], ["model", "terms"],
    ["--version"], ["-h"], ["batch", "-h"], ["batch", "{in}/a.jsonl", "-o", "-"],
    ["sites", "{in}/scored.jsonl", "-o", "-"],
)  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is there on Linux only")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", SHOWING, ids=" ".join)
def test_a_full_disk_behind_standard_output(words: list[str], unbuffered: str, records: Path) -> None:
    command = [sys.executable, "-m", "quality", *(word.replace("{in}", str(records)) for word in words)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, env=ENVIRONMENT | {"PYTHONUNBUFFERED": unbuffered}, stdout=full, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, f"quality: -: {NO_SPACE}\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_disk_that_takes_a_part_of_what_is_shown(unbuffered: str, tmp_path: Path) -> None:
    """Python without buffers loses what the system did not take of one write."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    with (tmp_path / "page.html").open("wb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "quality", "score", "--format", "html", str(ARTICLES[0])], stdout=file,
            env=UNMEASURED | {"PYTHONUNBUFFERED": unbuffered}, stderr=subprocess.PIPE, text=True, preexec_fn=limit,
            check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "quality: -: cannot be written: file too large\n")


def test_fetch_tells_of_a_full_disk(disk: Path, tmp_path: Path) -> None:
    """A line for each file that found no room; those that did are kept."""
    files = {sha256(content).hexdigest(): content for content in (one * (110 << 10) for one in (b"a", b"b", b"c"))}
    fixed = {"family": "a", "source": "a", "format": "md", "licence": "CC0-1.0", "words": 1, "bytes": 110 << 10}
    rows = [
        json.dumps(fixed | {"id": f"a/{number}", "url": f"https://a.example/{number}", "sha256": name}) + "\n"
        for number, name in enumerate(files)
    ]
    (tmp_path / "web.jsonl").write_text("".join(rows), encoding="utf-8")
    (tmp_path / "mirror").mkdir()
    for name, content in files.items():
        (tmp_path / "mirror" / name).write_bytes(content)
    mirror = str(tmp_path / "mirror")
    done = run("corpus", "fetch", "--corpus", str(tmp_path), "--cache", str(disk), "--mirror", mirror)
    *lines, summary = done.stderr.splitlines()
    assert done.returncode == 1
    assert lines
    assert all(line.endswith(f": {disk}: {NO_SPACE}") for line in lines)
    assert summary == f"quality: fetched {3 - len(lines)}, kept 0, failed {len(lines)}"
    assert len(list((disk / "files").iterdir())) == 3 - len(lines)


@pytest.mark.parametrize("case", ["sites", "report"])
def test_two_do_not_write_one_output(case: str, records: Path, tmp_path: Path) -> None:
    words, name = WRITING[case]
    (tmp_path / name).write_bytes(b"what was there")
    with held(tmp_path / f"{name}.lock", tmp_path / name):
        done = run(*(word.format_map({"in": records, "out": tmp_path}) for word in words))
    assert done.returncode == 2
    assert told(done).startswith(f"{tmp_path / name}: another run is writing it; ")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"what was there")]


@pytest.mark.parametrize("case", ["sites", "report"])
def test_an_old_output_stays_until_the_new_one_is_whole(case: str, records: Path, tmp_path: Path) -> None:
    words, name = WRITING[case]
    (tmp_path / name).write_bytes(b"what was there")
    filled = [word.format_map({"in": records, "out": tmp_path}) for word in words]

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = run(*filled, env=UNMEASURED, preexec_fn=limit)
    assert done.returncode == 2
    assert told(done).endswith(": cannot be written: file too large")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"what was there")]
    assert run(*filled).returncode == 0
    assert (tmp_path / name).read_bytes() != b"what was there"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_page_goes_to_a_device_as_it_is(records: Path) -> None:
    done = run("report", str(records / "scored.jsonl"), "-o", "/dev/stdout")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!doctype html>")
    assert done.stdout.rstrip().endswith("</html>")


# Clocks


JUMPING = """
import itertools, time
wall, whole, jumps = time.time, time.time_ns, itertools.count()
days = lambda: (1, -400, 90, -3000)[next(jumps) % 4] * 86400
time.time = lambda: wall() + days()
time.time_ns = lambda: whole() + days() * 10**9
"""
"""The clock on the wall jumps by months with each look at it, mostly back."""


@pytest.mark.parametrize("name", ["out.jsonl.gz", "out.parquet"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_clocks_that_jump_change_nothing(name: str, jobs: str, records: Path, tmp_path: Path) -> None:
    for folder, code in (("steady", ""), ("jumping", JUMPING)):
        (tmp_path / folder).mkdir()
        words = ("batch", str(records / "a.jsonl"), "-o", str(tmp_path / folder / name), "--jobs", jobs)
        done = run(*words, code=code)
        assert done.returncode == 0, done.stderr
        assert told(run(*words, "--resume", code=code)) == f"{tmp_path / folder / name} is whole already"
    assert (tmp_path / "steady" / name).read_bytes() == (tmp_path / "jumping" / name).read_bytes()


def test_nothing_reads_the_clock_on_the_wall() -> None:
    """Only times of files are compared, with themselves; all that is waited for is measured by steady clocks."""
    wall = {
        "time.time",
        "time.time_ns",
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "date.today",
        "time.localtime",
    }
    assert [
        f"{path.name}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in wall
    ] == []


# Memory


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited so on Linux only")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_record_that_memory_does_not_hold_is_a_reject(jobs: str, tmp_path: Path) -> None:
    texts = ["The mill stopped on Tuesday. "] * 5
    texts[2] = '"mill" said ' * 1_500_000
    lines = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))

    words = ("batch", "a.jsonl", "-o", "out.jsonl", "--max-record", "64M", "--jobs", jobs)
    done = run(*words, cwd=tmp_path, preexec_fn=limit)
    assert done.returncode == 1, done.stderr
    assert "5 read, 0 scored (0 farm, 0 suspect, 0 ok), 4 abstained, 1 rejected" in told(done)
    written = [json.loads(line)["id"] for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert written == [0, 1, 3, 4]
    (reject,) = (tmp_path / "out.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(reject) == {
        "source": "a.jsonl", "place": "", "id": "2",
        "reason": "could not be scored: it takes more memory than there is",
    }  # fmt: skip


KILLING = """
import multiprocessing, os, signal, quality.cli.batch as b
b.size_of_chunks = lambda explained: 9000
seen = b.Progress.__call__
def watch(self, tally, *rest):
    seen(self, tally, *rest)
    if tally.read > 40:
        os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)
b.Progress.__call__ = watch
"""


def test_workers_end_without_any_other_program(records: Path, tmp_path: Path) -> None:
    """Where there is no pgrep, which loky calls."""
    out = tmp_path / "out.jsonl"
    words = ("batch", str(records / "a.jsonl"), "-o", str(out), "--jobs", "2")
    command = [sys.executable, "-m", "quality", *words]
    environment = ENVIRONMENT | {"PATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0
    assert told(done).startswith(f"{len(ARTICLES)} read, {len(ARTICLES)} scored ")
    assert out.read_bytes() == (records / "scored.jsonl").read_bytes()


def gone(group: int, end: float) -> bool:
    """Whether no process of a group is left before a time."""
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGTERM, 143, "quality: interrupted; --resume goes on from what was written\n"),
        (signal.SIGKILL, -9, ""),
    ],
)
def test_a_signal_ends_workers_that_wait(number: int, code: int, said: str, tmp_path: Path) -> None:
    """For a pipe that nobody writes to: all of the group are told to end, or the parent is killed."""
    os.mkfifo(tmp_path / "slow.html")
    command = [sys.executable, "-m", "quality", "batch", "slow.html", "-o", "out.jsonl", "--input-format", "html"]
    with subprocess.Popen(
        [*command, "--jobs", "2"], cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        end = time.monotonic() + 200
        while time.monotonic() < end and not (tmp_path / "out.jsonl.journal").exists():
            time.sleep(0.05)
        time.sleep(3)  # until its workers are there
        (os.kill if number == signal.SIGKILL else os.killpg)(process.pid, number)
        _, stderr = process.communicate(timeout=200)
    assert process.returncode == code
    assert not said or stderr.decode() == said
    assert gone(process.pid, end), "what tracks resources ends a moment later"


def test_a_worker_that_the_system_kills(records: Path, tmp_path: Path) -> None:
    """As it does when memory ends: what came before is kept, and one process goes on from there."""
    out = tmp_path / "out.jsonl"
    words = ("batch", str(records / "a.jsonl"), "-o", str(out))
    done = run(*words, "--jobs", "2", code=KILLING)
    assert done.returncode == 2
    assert told(done) == (
        f"{records / 'a.jsonl'}: a worker process died near here (out of memory?); --resume goes on, --jobs 1 needs "
        "least memory"
    )
    assert not out.exists()
    again = run(*words, "--jobs", "1", "--resume")
    assert again.returncode == 0, again.stderr
    assert out.read_bytes() == (records / "scored.jsonl").read_bytes()


@pytest.mark.parametrize(
    "words",
    [["score", "--model", "two\nlines", str(ARTICLES[0])], ["batch", "two\nlines.jsonl", "-o", "two\nlines.jsonl"]],
)
def test_a_name_of_two_lines_is_told_in_one(words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert told(done).startswith("two lines")
