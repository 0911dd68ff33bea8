"""``quality serve``: a real server in a process of its own, and real clients. Cases: ``cases/serve.json``."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

import quality
from quality.chunks import Lines
from quality.readers import DEFAULT, read
from quality.work import Task, Worker
from quality.writers.forms import Kind

HERE = Path(__file__).parent
ARTICLE = (HERE.parent / "seeds" / "000_a80f5732ff7e0e2e.txt").read_bytes()
CASES: list[dict[str, Any]] = json.loads((HERE / "cases" / "serve.json").read_text(encoding="utf-8"))
ENVIRONMENT = os.environ | {"PYTHONPATH": str(HERE.parent), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
COMMAND = [sys.executable, "-m", "quality", "serve", "--port", "0"]
LIMITS = ["--max-body", "256k", "--timeout", "5", "--idle", "1", "--requests", "4", "--connections", "40"]


class Running(NamedTuple):
    """A server that runs."""

    process: subprocess.Popen[str]
    said: str
    port: int

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20, trust_env=False, **options)


@contextmanager
def serving(*options: str) -> Iterator[Running]:
    with subprocess.Popen([*COMMAND, *options], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            said = process.stderr.readline()
            found = re.search(r":(\d+) for", said)
            assert found, said + process.stderr.read()
            yield Running(process, said, int(found[1]))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving(*LIMITS) as running:
        yield running


def content(source: Any) -> bytes:
    """The body of a case."""
    if isinstance(source, str):
        return source.encode()
    if "file" in source:
        return (HERE / "files" / source["file"]).read_bytes()
    if "latin" in source:
        page = (HERE / "files" / source["latin"]).read_text(encoding="utf-8")
        return page.encode("latin-1", "xmlcharrefreplace")
    if "deep" in source:
        return b'{"text": "x", "a": ' + b"[" * source["deep"] + b"]" * source["deep"] + b"}"
    return (
        ARTICLE if "article" in source else bytes.fromhex(source["hex"]) if "hex" in source else b"a" * source["size"]
    )


def post(server: Running, case: dict[str, Any]) -> httpx.Response:
    headers = case.get("headers", {}) | ({"content-type": case["type"]} if case["type"] else {})
    body = content(case["body"])
    with server.client() as client:
        return client.post(
            f"/score?{case.get('query', '')}", headers=headers, content=iter([body]) if case.get("chunked") else body
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], server: Running) -> None:
    answer = post(server, case)
    assert answer.status_code == case["status"], answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    if case["status"] != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert case["detail"] in answer.json()["detail"]
        return
    record = answer.json()
    told = record.pop("quality")
    assert record == case.get("record", record)
    assert told["links"] == case.get("links", told["links"])
    assert (told["score"] is not None) == case.get("verdict", False)
    if case.get("explained"):
        assert told["bias"] + sum(one["contribution"] for one in told["evidence"]) == pytest.approx(told["logit"])


@pytest.mark.parametrize("name", ["article.txt", "article.md", "article.html"])
def test_numbers_are_those_of_the_library(name: str, server: Running) -> None:
    kind = {"txt": "text/plain", "md": "text/markdown", "html": "text/html"}[name.rpartition(".")[2]]
    body = (HERE / "files" / name).read_bytes()
    answer = post(server, {"type": kind, "body": {"hex": body.hex()}, "query": "explain=true"}).json()
    [document] = read(io.BytesIO(body), name, DEFAULT)
    assert isinstance(document, quality.Document)
    assert answer["quality"] == json.loads(json.dumps(quality.score(document, explain=True).as_dict()))
    assert answer["text"] == document.text


def test_json_lines_are_answered_as_a_batch_writes_them(server: Running) -> None:
    seed = json.dumps({"id": "seed", "text": ARTICLE.decode()})
    data = "".join(f'{{"n":{number},"text":"Few words."}}\n' for number in range(3000)) + f"\n{seed}\nbad\n"
    worker = Worker(Task(Kind(".jsonl")))
    expected = worker([Lines("request", data.encode(), 1)])
    with (
        server.client() as client,
        client.stream(
            "POST", "/score", content=data.encode(), headers={"content-type": "application/x-ndjson"}
        ) as answer,
    ):
        assert answer.headers["transfer-encoding"] == "chunked"
        lines = list(answer.iter_lines())
    assert "\n".join(lines[:-1]) + "\n" == expected.output.decode()
    assert json.loads(lines[-1]) == {"reject": json.loads(expected.rejects)}


def test_options_hold_for_each_line(server: Running) -> None:
    seed = json.dumps({"id": 1, "text": ARTICLE.decode()}).encode()
    with server.client() as client:
        answer = client.post(
            "/score?explain=true&drop_text=true", content=seed, headers={"content-type": "application/jsonl"}
        )
    record = answer.json()
    assert set(record) == {"id", "quality"}
    assert len(record["quality"]["evidence"]) > 50


def test_requests_share_nothing(server: Running) -> None:
    texts = [ARTICLE[: 3000 + 97 * number] for number in range(24)]

    def score(text: bytes) -> Any:
        while (answer := post(server, {"type": "text/plain", "body": {"hex": text.hex()}})).status_code == 503:
            assert answer.headers["retry-after"] == "1"
        return answer.json()["quality"]["score"]

    with ThreadPoolExecutor(8) as pool:
        scores = list(pool.map(score, texts))
    assert scores == [quality.score(text.decode(errors="replace")).score for text in texts]


# For those who run it


@pytest.mark.parametrize("path", ["/health", "/metrics", "/openapi.json"])
def test_other_methods_are_refused(path: str, server: Running) -> None:
    with server.client() as client:
        assert client.get(path).status_code == 200
        answer = client.request("OPTIONS", path, headers={"origin": f"http://127.0.0.1:{server.port}"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_health_names_the_model(server: Running) -> None:
    with server.client() as client:
        assert client.get("/health").json() == {"status": "ok", "model": quality.load().name}


def test_metrics_count(server: Running) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    def counts() -> dict[str, float]:
        with server.client() as client:
            families = text_string_to_metric_families(client.get("/metrics").text)
            return {one.name + "".join(one.labels.values()): one.value for family in families for one in family.samples}

    before = counts()
    post(server, {"type": "text/plain", "body": "Few words."})
    post(server, {"type": "application/jsonl", "body": '{"text": "Few."}\nbad\n'})
    with server.client() as client:
        client.get("/" + "a" * 50)
    after = counts()
    grown = {name for name in after if after[name] > before.get(name, 0) and "_seconds" not in name}
    assert grown - {name for name in grown if "_created" in name} == {
        "quality_requests_total/score200", "quality_requests_total/metrics200", "quality_requests_totalother404",
        "quality_verdicts_totalabstain", "quality_rejects_total", "quality_characters_total",
    }  # fmt: skip
    assert after["quality_verdicts_totalabstain"] == before.get("quality_verdicts_totalabstain", 0) + 2
    assert after["quality_characters_total"] == before["quality_characters_total"] + 14


# Beyond the limits


def connect(server: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=15)


def is_cut(client: socket.socket, drop: bytes) -> bool:
    """Whether the server ends a connection on which it gets a drop now and then."""
    try:
        for _ in range(150):
            client.sendall(drop)
            time.sleep(0.1)
    except ConnectionError:
        return True
    return False


def rest(client: socket.socket) -> bytes:
    """All that a server still sends, until it ends the connection."""
    parts = []
    try:
        while part := client.recv(1 << 16):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


def head(size: int, kind: str = "text/plain") -> bytes:
    return f"POST /score HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n".encode()


HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("begun", [b"", HEALTH, HEALTH + b"\r\n"])
def test_a_connection_without_a_request_is_cut(begun: bytes, server: Running) -> None:
    with connect(server) as client:
        client.sendall(begun)
        answer = rest(client)
    assert answer.count(b"HTTP/1.1 200") == begun.count(b"\r\n\r\n")


def test_a_head_that_drips_is_cut(server: Running) -> None:
    with connect(server) as client:
        client.sendall(HEALTH)
        assert is_cut(client, b"x")


def test_a_body_that_drips_is_answered_408(server: Running) -> None:
    with connect(server) as client:
        client.sendall(head(1000) + b"x")
        answer = rest(client)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer


def test_who_reads_nothing_is_cut(server: Running) -> None:
    lines = b'{"text":"Few."}\n' * 12_000
    with connect(server) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(head(len(lines), "application/jsonl") + lines)
        assert is_cut(client, b"\r\n")
    assert_free(server)


def assert_free(server: Running) -> None:
    """No request is under way any more."""
    with server.client() as client:
        for _ in range(100):
            if "quality_requests_under_way 0.0" in client.get("/metrics").text:
                return
            time.sleep(0.05)
    raise AssertionError("a place is still taken")


def test_more_requests_than_places_are_shed(server: Running) -> None:
    assert_free(server)
    waiting = [connect(server) for _ in range(4)]
    for client in waiting:
        client.sendall(head(1000) + b"x")
    time.sleep(0.3)
    shed = post(server, {"type": "text/plain", "body": "Few words."})
    assert (shed.status_code, shed.headers["retry-after"]) == (503, "1")
    with server.client() as other:
        assert other.get("/health").status_code == 200
    assert [rest(client)[:12] for client in waiting] == [b"HTTP/1.1 408"] * 4
    for client in waiting:
        client.close()
    assert post(server, {"type": "text/plain", "body": "Few words."}).status_code == 200


def test_more_connections_than_places_are_shed(server: Running) -> None:
    clients = [connect(server) for _ in range(60)]
    answers = [rest(client) for client in clients]
    for client in clients:
        client.close()
    shed = [answer for answer in answers if answer]
    assert len(shed) >= 20
    assert all(answer.startswith(b"HTTP/1.1 503") and b"\r\nretry-after: 1\r\n" in answer for answer in shed)
    with server.client() as client:
        assert client.get("/health").status_code == 200


def test_what_is_no_http_is_refused(server: Running) -> None:
    for noise in (b"\x16\x03\x01\x02\x00" * 20, b"GET / HTTP/9\r\n\r\n", b"A" * 200_000):
        with connect(server) as client:
            client.sendall(noise)
            assert rest(client)[:12] in {b"HTTP/1.1 400", b""}


@pytest.mark.tools
def test_openapi_document_holds(tmp_path: Path) -> None:
    """schemathesis: what the document says is taken is taken, what it does not is not, and answers are as it says.

    Left out is that all that it allows is accepted: a text of no words is allowed, and answered 422.
    """
    pytest.importorskip("schemathesis")
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", "--checks", "all"]
    command += ["--exclude-checks", "positive_data_acceptance", "--seed", "1", "--max-examples", "20", "--no-color"]
    environment = ENVIRONMENT | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    with serving() as running:
        address = f"http://127.0.0.1:{running.port}/openapi.json"
        done = subprocess.run(
            [*command, address], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
        assert "Tested: 5" in done.stdout
        assert running.process.poll() is None


def test_stays_up_under_load() -> None:
    """The load of ``benchmarks/serve.py``, for a moment; ``docs/serve.md`` says what ten minutes of it gave."""
    command = [sys.executable, str(HERE.parent / "benchmarks" / "serve.py"), "--seconds", "8"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    counts = result["counts"]
    assert set(counts) == {"200", "page 200", "503", "loris cut", "dripping cut", "deaf cut"}
    assert counts["loris cut"] >= 40
    assert result["memory"][-1] < result["memory"][0] + 60
    assert result["exit"] == 0
    assert result["log"].count("\n") == 1


# From start to end


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_requests_finish(number: signal.Signals) -> None:
    with serving() as running, connect(running) as client:
        client.sendall(head(10) + b"Few ")
        time.sleep(0.3)
        running.process.send_signal(number)
        time.sleep(0.3)
        client.sendall(b"words.")
        assert rest(client).startswith(b"HTTP/1.1 200")
        assert running.process.wait(10) == 0
        assert running.process.stderr
        assert running.process.stderr.read() == ""


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--host", "0.0.0.0"], "quality: --host 0.0.0.0 lets other machines in: say by which name, --public NAME"),
        (["--host", "203.0.113.1", "--public", "*"], "quality: cannot listen on 203.0.113.1 port 0:"),
        (["--model", "nowhere"], "nowhere"),
    ],
)
def test_does_not_start(options: list[str], line: str) -> None:
    done = subprocess.run(
        [*COMMAND, *options], env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken(server: Running) -> None:
    command = [*COMMAND[:-1], str(server.port)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, "address already in use" in done.stderr) == (2, True)


def test_others_are_let_in_by_name_only() -> None:
    with serving("--host", "0.0.0.0", "--public", "scores.example") as running:
        assert "for other machines too, as scores.example" in running.said
        with running.client() as client:
            status = [
                client.get("/health", headers={"host": host}).status_code
                for host in ("scores.example", "Scores.Example:8000", "localhost", "evil.example")
            ]
    assert status == [200, 200, 200, 421]


# The page


def test_the_report_is_that_of_the_command_line(server: Running, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from quality.cli import quality as root

    (tmp_path / "request").write_bytes(ARTICLE)
    with server.client() as client:
        answer = client.post("/report", content=ARTICLE, headers={"content-type": "text/plain"})
        many = client.post("/report", content=b"{}", headers={"content-type": "application/jsonl"})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        page = CliRunner().invoke(root, ["score", "--format", "html", "request"]).stdout
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == page
    assert many.status_code == 415


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """Chromium with an empty profile."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium")
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    for one in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,1400", profile):
        options.add_argument(one)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.mark.tools
def test_the_page_in_a_browser(server: Running, tmp_path: Path, browser: Any) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.support.ui import WebDriverWait

    script = "<script>parent.document.title = 'taken'</script><img src=x onerror=\"parent.document.title='taken'\">"
    (tmp_path / "a.txt").write_text(f"{ARTICLE.decode()}\n{script}", encoding="utf-8")
    wait = WebDriverWait(browser, 60)

    def one(css: str) -> Any:
        return browser.find_element("css selector", css)

    browser.get(f"http://127.0.0.1:{server.port}/")
    one("#file").send_keys(str(tmp_path / "a.txt"))
    wait.until(lambda _: one("#report").is_displayed())
    browser.switch_to.frame(one("#report"))
    wait.until(lambda driver: driver.find_elements("css selector", "mark"))
    assert one(".badge").value_of_css_property("border-radius") != "0px"
    # The frame is sandboxed, and a script may not take the focus into it; pointing is what a reader does.
    ActionChains(browser).move_to_element(one("mark")).perform()
    wait.until(lambda _: one(".tip").is_displayed())
    reach = "try { return parent.document.title } catch (error) { return error.name }"
    assert browser.execute_script(reach) == "SecurityError"
    browser.switch_to.default_content()
    assert browser.title == "quality"
    one("#text").send_keys("Few words.")
    one("button").click()
    wait.until(lambda _: one("#report").is_displayed() and "too short" in one("#report").get_attribute("srcdoc"))
    browser.execute_script("document.getElementById('text').value = ' '")
    one("button").click()
    wait.until(lambda _: one("#said").text == "No score: is empty.")
    severe = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert [message for message in severe if "/report" not in message and "favicon" not in message] == []
