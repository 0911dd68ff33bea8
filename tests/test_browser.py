"""Pages in a browser: sorting, filtering, pointing, tapping, keys, dark mode, contrast; nothing runs, nothing leaves.

Chromium is driven by selenium; axe-core looks for what shuts people out.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import quality
from quality.cli import quality as root
from quality.document import Document
from quality.writers import Scored, Style, writer

pytestmark = pytest.mark.tools
selenium = pytest.importorskip("selenium", reason="needs selenium")

from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

HERE = Path(__file__).parent
ARTICLES = sorted((HERE.parent / "corpus" / "articles").glob("*/*.md"))[::3]
HOSTILE: list[dict[str, str]] = json.loads((HERE / "cases" / "hostile.json").read_text(encoding="utf-8"))
AXE = HERE.parent / "node_modules" / "axe-core" / "axe.min.js"
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, NARROW = 1400, 400


class Browser:
    """A browser with an empty profile, and what its pages asked for and complained of."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for one in (*QUIET, f"--user-data-dir={profile}"):
            options.add_argument(one)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))

    def open(
        self, page: Path, dark: bool = False, width: int = WIDE, anchor: str = "", motion: str = "reduce"
    ) -> None:  # fmt: skip
        """Open a page afresh."""
        self.driver.get("about:blank")
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        wanted = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": motion}
        self.tell("Emulation.setEmulatedMedia", features=[{"name": k, "value": v} for k, v in wanted.items()])
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == NARROW}
        self.tell("Emulation.setDeviceMetricsOverride", **screen)
        self.driver.get(page.as_uri() + anchor)
        ready = "return location.protocol === 'file:' && document.readyState === 'complete'"
        WebDriverWait(self.driver, 60).until(lambda driver: driver.execute_script(ready))

    def tell(self, command: str, **parameters: Any) -> None:
        self.driver.execute_cdp_cmd(command, parameters)

    def all(self, css: str) -> list[Any]:
        found: list[Any] = self.driver.find_elements(By.CSS_SELECTOR, css)
        return found

    def one(self, css: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def column(self, number: int) -> list[str]:
        """Texts of a column of the table of articles."""
        script = (
            "return [...document.querySelectorAll(`#rows tr > :nth-child(${arguments[0]})`)].map(e => e.textContent)"
        )
        found: list[str] = self.run(script, number)
        return found

    def requests(self) -> list[str]:
        """Addresses that were asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        return [address for address in sent if address != "about:blank"]

    def complaints(self) -> list[Any]:
        found: list[Any] = self.driver.get_log("browser")
        return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromium-driver")
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.driver.quit()


def records() -> Iterator[dict[str, Any]]:
    """Scored records: of the corpus, and hostile ones in all their fields."""
    for number, path in enumerate(ARTICLES):
        text = path.read_text(encoding="utf-8")
        yield {
            "id": str(path), "title": path.parent.name, "url": f"https://site{number % 5}.example/{number}/{path.stem}",
            "published": f"2024-{number % 6 + 1:02}-11", "text": text,
        }  # fmt: skip
    farm = (HERE.parent / "corpus/articles/money-bike-lease/farm.md").read_text(encoding="utf-8")
    for case in HOSTILE:
        words = case["text"]
        yield {
            "id": words, "title": words, "url": f"https://hostile.example/{words}", "published": words,
            "text": farm.replace("experts", words).replace("Experts", words),
        }  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    items, scored, page = (folder / name for name in ("items.jsonl", "scored.jsonl", "report.html"))
    items.write_text(
        "".join(json.dumps(one) + "\n" for one in records()) + '{"title": "<b>no text</b>"}\nno JSON\n', "utf-8"
    )
    for arguments in (
        ["batch", str(items), "-o", str(scored), "--quiet", "--jobs", "1"],
        ["report", str(scored), "-o", str(page), "--details", "30"],
    ):
        done = CliRunner().invoke(root, arguments, prog_name="quality")
        assert done.exit_code < 2, done.output
    return page


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of one farm article, with every hostile text in it."""
    text = (HERE.parent / "corpus/articles/money-bike-lease/farm.md").read_text(encoding="utf-8")
    document = Document(text + "\n\n".join(["", *(case["text"] for case in HOSTILE), ""]), source="a.md", links="none")
    page = tmp_path_factory.mktemp("article") / "article.html"
    scored = [Scored(document, quality.score(document, explain=True))]
    page.write_text("".join(writer("html")(scored, Style())), encoding="utf-8")
    return page


@pytest.fixture(params=["article", "report", "report#a0"])
def view(request: pytest.FixtureRequest) -> tuple[Path, str]:
    name, _, anchor = request.param.partition("#")
    return request.getfixturevalue(name), f"#{anchor}" if anchor else ""


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_runs_and_nothing_leaves(browser: Browser, view: tuple[Path, str], width: int) -> None:
    page, anchor = view
    browser.open(page, width=width, anchor=anchor)
    assert "owned" not in browser.driver.title
    assert browser.requests() == [page.as_uri()]
    assert browser.complaints() == []
    assert len(browser.all("script:not([type])")) == (1 if page.name == "article.html" else 2)
    assert browser.all("main img, main iframe, main object, svg image, [onerror], [onload], [onfocus]") == []
    assert browser.run("return document.documentElement.scrollWidth") <= width


def test_the_policy_stops_what_would_get_in(browser: Browser, report: Path) -> None:
    browser.open(report)
    browser.run(
        "document.body.insertAdjacentHTML('beforeend', arguments[0]);"
        "const s = document.createElement('script'); s.textContent = 'document.title = 1'; document.body.append(s)",
        "<img src='https://a.example/x.png' onerror='document.title=1'><style>body{color:red}</style>",
    )
    assert browser.driver.title.startswith("Report on ")
    assert browser.run("return getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert len(browser.complaints()) >= 3


@pytest.mark.parametrize(("dark", "width"), [(False, WIDE), (True, NARROW)], ids=["light", "dark"])
def test_axe_finds_nothing(browser: Browser, view: tuple[Path, str], dark: bool, width: int) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core: npm install --no-save axe-core")
    page, anchor = view
    browser.open(page, dark, width, anchor)
    browser.run(AXE.read_text(encoding="utf-8"))
    found = browser.driver.execute_async_script("axe.run().then(arguments[0])")
    told = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found["violations"]]
    assert told == []
    assert "color-contrast" in {one["id"] for one in found["passes"]}


def test_dark_mode_is_dark(browser: Browser, report: Path) -> None:
    grounds = []
    for dark in (False, True):
        browser.open(report, dark)
        grounds.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(21, 24, 28)"]


@pytest.mark.parametrize(("wish", "scrolls"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_motion_is_a_wish(browser: Browser, report: Path, wish: str, scrolls: str) -> None:
    browser.open(report, motion=wish)
    assert browser.run("return getComputedStyle(document.documentElement).scrollBehavior") == scrolls


def test_sorting(browser: Browser, report: Path) -> None:
    browser.open(report)
    scores = [float(one) for one in browser.column(4)]
    assert scores == sorted(scores, reverse=True)
    button = browser.one("[data-sort=score]")
    button.click()
    assert button.find_element(By.XPATH, "..").get_attribute("aria-sort") == "ascending"
    scores = [float(one) for one in browser.column(4) if one != "–"]
    assert scores == sorted(scores)
    browser.one("[data-sort=title]").send_keys(Keys.ENTER)
    browser.one("#title").send_keys("-")
    titles = browser.column(1)
    assert len(titles) == 50
    assert titles == browser.run("return arguments[0].toSorted((a, b) => a.localeCompare(b))", titles)


def test_filtering_and_paging(browser: Browser, report: Path) -> None:
    browser.open(report)
    total = len(ARTICLES) + len(HOSTILE)
    assert browser.one("#where").text == f"1–50 of {total}"
    assert len(browser.all("#rows tr")) == 50
    browser.one("#next").click()
    assert browser.one("#where").text == f"51–100 of {total}"
    browser.one("#verdict").send_keys("farm")
    assert set(browser.column(3)) == {"farm"}
    assert browser.one("#previous").get_property("disabled")
    browser.one("#site").send_keys("hostile")
    assert set(browser.column(2)) == {"hostile.example"}
    browser.one("#title").send_keys("no such title")
    assert browser.one("#where").text == "No article"


def test_a_site_narrows_the_table(browser: Browser, report: Path) -> None:
    browser.open(report)
    button = browser.one(".sites [data-site]")
    browser.run("arguments[0].click()", button)
    assert set(browser.column(2)) == {button.text}
    assert browser.run("return document.activeElement.id") == "site"


def test_a_narrow_table_leaves_titles_their_line(browser: Browser, report: Path) -> None:
    browser.open(report, width=NARROW)
    widths = browser.run("return ['#rows th', '#rows td'].map((one) => document.querySelector(one).offsetWidth)")
    assert widths[0] > 0.9 * (NARROW - 32) > widths[1]
    assert browser.run("return getComputedStyle(document.querySelector('.articles tr')).display") == "grid"


def test_an_article_and_back(browser: Browser, report: Path) -> None:
    browser.open(report)
    links = browser.all("#rows a")
    title = links[0].text
    browser.run("arguments[0].click()", links[0])
    [heading] = [one for one in browser.all("h1") if one.is_displayed()]
    assert heading.text == title
    assert not browser.one(".overview").is_displayed()
    browser.one(".back a").click()
    assert browser.one("#articles h2").is_displayed()
    assert not browser.one(".details").is_displayed()


def test_every_listed_article_leads_to_its_own_section(browser: Browser, report: Path) -> None:
    browser.open(report)
    pairs = browser.run(
        "return [...document.querySelectorAll('#rows a')].map(a => "
        "[a.textContent, document.querySelector(a.getAttribute('href') + ' h1').textContent])"
    )
    assert len(pairs) == 30
    for listed, heading in pairs:
        assert listed == heading.replace("U+", "[U+") or listed == heading


def test_pointing_tells_why_and_how_much(browser: Browser, article: Path) -> None:
    browser.open(article)
    mark = browser.one("mark.filler")
    ActionChains(browser.driver).move_to_element(mark).perform()
    tip = browser.one(".tip")
    assert tip.is_displayed()
    ids = mark.get_attribute("aria-describedby").split()
    assert [one.text for one in browser.all(".tip .message")] == [browser.one(f"#{one} .message").text for one in ids]
    assert [one.text for one in browser.all(".tip .number")] == [browser.one(f"#{one} .number").text for one in ids]
    ActionChains(browser.driver).move_to_element(browser.one("h1")).perform()
    assert not tip.is_displayed()


def test_tapping_tells_why(browser: Browser, article: Path) -> None:
    browser.open(article, width=NARROW)
    mark = browser.one("mark")
    browser.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", mark)
    where = browser.run(
        "const r = arguments[0].getClientRects()[0]; return [r.left + r.width / 2, r.top + r.height / 2]", mark
    )
    point = [{"x": where[0], "y": where[1]}]
    browser.tell("Emulation.setTouchEmulationEnabled", enabled=True)
    browser.tell("Input.dispatchTouchEvent", type="touchStart", touchPoints=point)
    browser.tell("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    browser.driver.implicitly_wait(2)
    assert browser.one(".tip:not([hidden]) .message").is_displayed()
    browser.driver.implicitly_wait(0)
    browser.tell("Emulation.setTouchEmulationEnabled", enabled=False)
    box = browser.run("return arguments[0].getBoundingClientRect().toJSON()", browser.one(".tip"))
    assert 0 <= box["left"] < box["right"] <= NARROW
    assert where[1] < box["top"] < box["bottom"] <= 900


def test_keys_step_through_the_marks(browser: Browser, article: Path) -> None:
    browser.open(article)
    marks = browser.all(".text mark")
    assert [one.get_attribute("tabindex") for one in marks].count("0") == 1
    browser.run("arguments[0].focus()", marks[0])
    assert browser.one(".tip").is_displayed()
    keys = (
        (Keys.ARROW_RIGHT, 1),
        (Keys.ARROW_DOWN, 2),
        (Keys.ARROW_LEFT, 1),
        (Keys.END, len(marks) - 1),
        (Keys.HOME, 0),
    )
    for key, place in keys:
        browser.driver.switch_to.active_element.send_keys(key)
        assert browser.driver.switch_to.active_element == marks[place]
        assert browser.one(".tip").is_displayed()
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not browser.one(".tip").is_displayed()


def test_a_reason_leads_through_its_places(browser: Browser, article: Path) -> None:
    browser.open(article)
    button = next(one for one in browser.all("[data-to]") if not one.text.startswith("1 "))
    marks = browser.all(f"mark[aria-describedby~={button.get_attribute('data-to')}]")
    for mark in marks[:2]:
        button.send_keys(Keys.ENTER)
        assert browser.driver.switch_to.active_element == mark


def test_an_axis_can_be_hidden(browser: Browser, article: Path) -> None:
    browser.open(article)
    lines = "return getComputedStyle(document.querySelector('mark.filler')).backgroundImage.split('),')[0]"
    before = browser.run(lines)
    browser.one("[data-show=filler]").click()
    assert browser.run(lines) != before


def test_axes_differ_without_colour(browser: Browser, article: Path) -> None:
    """Each axis has a line of its own kind: what is drawn differs in more than its colours."""
    browser.open(article)
    kinds = browser.run(
        "return [...document.querySelectorAll('.legend .axis')].map(e => { const s = getComputedStyle(e);"
        "return s.backgroundImage.replace(/rgba?\\([^)]*\\)/g, '') })"
    )
    assert len(set(kinds)) == len(kinds) == 4


def test_hostile_titles_stay_text(browser: Browser, report: Path) -> None:
    browser.open(report)
    browser.one("#site").send_keys("hostile")
    titles = "".join(browser.column(1))
    for case in HOSTILE:
        if case["text"].isascii() and case["text"].isprintable():
            assert case["text"] in titles
    assert "[U+202E]" in titles
