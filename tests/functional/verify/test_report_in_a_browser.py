"""Report as a browser draws it: what no rule about its text can tell."""

import json
import re
import struct

import pytest

from tests.unit.verify.report import eventful
from verify.errors import LoadError
from verify.report import html, screenshot
from verify.report.screenshot import Shot, browse, take

PHONE = 360

# Runs in a frame as broad as a phone, since a window has a least width of its own.
_MEASURE = """
<script>
addEventListener("load", () => {
  const inside = document.getElementById("page").contentDocument;
  const width = inside.documentElement.clientWidth;
  const name = (element) => `${element.tagName}.${element.getAttribute("class") || ""}: `
    + `${(element.textContent || "").trim().slice(0, 40)}`;
  const broad = [...inside.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    const outside = box.right > width + 0.5 || box.left < -0.5;
    return box.width > 0 && outside && !element.closest("svg svg, thead");
  });
  const tiny = [...inside.querySelectorAll("svg text")].filter(
    (element) => element.getBoundingClientRect().height < 9);
  const table = inside.querySelector("table.cards td");
  const figures = {
    width, scroll: inside.documentElement.scrollWidth, broad: broad.map(name), tiny: tiny.map(name),
    cell: inside.defaultView.getComputedStyle(table).display,
    paper: inside.defaultView.getComputedStyle(inside.body).backgroundColor,
  };
  document.body.textContent = "MEASURED " + JSON.stringify(figures) + " END";
});
</script>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of a session in which everything happens."""
    try:
        screenshot.browser()
    except LoadError as error:
        pytest.skip(str(error))
    return html.write(eventful.session(), tmp_path_factory.mktemp("report"))


def measured(page, width, *options):
    """What a browser makes of the page in a frame of such a width."""
    frame = f'<iframe id="page" src="{page.name}" width="{width}" height="2000"></iframe>'
    outside = page.parent / f"outside-{width}.html"
    outside.write_text(f"<!doctype html>{frame}{_MEASURE}")
    # What it says is there at once in its own time, however slow the machine.
    always = ("--dump-dom", "--allow-file-access-from-files", "--virtual-time-budget=10000")
    told = browse(outside, *always, *options)
    found = re.search(r"MEASURED (.*) END", told, re.DOTALL)
    assert found, told[:500]
    return json.loads(found[1].replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))


@pytest.mark.parametrize(("width", "cell"), [(PHONE, "block"), (390, "block"), (1000, "table-cell")])
def test_nothing_is_broader_than_the_page(page, width, cell):
    """On a phone no element runs off the edge, no text shrinks with its picture, and rows become cards."""
    figures = measured(page, width)

    assert width == figures["width"] == figures["scroll"]
    assert [] == figures["broad"]
    assert [] == figures["tiny"]
    assert cell == figures["cell"]


def test_the_measure_finds_what_is_too_broad(page):
    """A table of yesterday's would be found."""
    broken = page.parent / "broken.html"
    broad = '<main><p style="width: 44rem">broad</p>'
    broken.write_text(page.read_text("utf-8").replace("<main>", broad), "utf-8")

    figures = measured(broken, PHONE)

    assert ["P.: broad"] == figures["broad"]
    assert figures["scroll"] > PHONE


@pytest.mark.parametrize(("scheme", "paper"), [(1, "rgb(255, 255, 255)"), (0, "rgb(20, 23, 28)")])
def test_the_page_is_as_light_as_its_reader_prefers(page, scheme, paper):
    """Light on a light system, dark on a dark one."""
    assert paper == measured(page, 800, f"--blink-settings=preferredColorScheme={scheme}")["paper"]


def test_a_picture_is_as_large_as_asked(page, tmp_path):
    """A PNG, of which README shows two."""
    [taken] = take(page, tmp_path, [Shot("report.png", 600, 400)])

    assert (600, 400) == struct.unpack(">II", taken.read_bytes()[16:24])


def pages_on_paper(page, folder, replace=lambda text: text):
    """Pages that a browser prints of the page, changed as given."""
    changed = folder / "changed.html"
    changed.write_text(replace(page.read_text("utf-8")), "utf-8")
    browse(changed, f"--print-to-pdf={folder / 'report.pdf'}", "--no-pdf-header-footer")
    counts = re.findall(rb"/Type /Pages\s*/Count (\d+)", (folder / "report.pdf").read_bytes())
    # Of a tree of pages: its root counts them all.
    return max(map(int, counts))


def test_paper_has_the_events_too(page, tmp_path):
    """Nobody can open them there: as many pages as if they were open, and more than without them."""
    events = re.compile("<details>.*?</details>", re.DOTALL)

    printed = pages_on_paper(page, tmp_path)

    assert pages_on_paper(page, tmp_path, lambda text: text.replace("<details>", "<details open>")) == printed
    assert pages_on_paper(page, tmp_path, lambda text: events.sub("", text)) < printed
