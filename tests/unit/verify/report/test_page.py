import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.unit.verify import runs
from tests.unit.verify.report.sessions import EVIL, a_good_session, calm_run, check, found
from tests.unit.verify.rights import worlds
from verify.record import Fault, Mail, Mark, Request
from verify.report import html
from verify.report.findings import Finding
from verify.report.phases import Phase
from verify.rights.judge import judge
from verify.rights.reasons import Reasons
from verify.scenarios import autoscaling, lost_task

_VOID = {"meta", "br"}
_CSS = (Path(html.__file__).parent / "page.css").read_text("utf-8")


class Elements(HTMLParser):
    """Elements of a page in their order: name, attributes, what is around them and their text."""

    def __init__(self, page):
        super().__init__()
        self.open, self.found = [], []
        self.feed(page)
        assert [] == self.open

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes), [name for name, _ in self.open], []))
        if tag not in _VOID:
            self.open.append((tag, self.found[-1]))

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes), [name for name, _ in self.open], []))

    def handle_endtag(self, tag):
        assert tag == self.open.pop()[0]

    def handle_data(self, data):
        for _, element in self.open:
            element[3].append(data)

    def all(self, *tags):
        """Those of these names."""
        return [element for element in self.found if element[0] in tags]


@pytest.fixture(scope="module")
def page(eventful_session):
    """The page of a session in which everything happens."""
    return html.page(eventful_session)


@pytest.fixture(scope="module")
def elements(page):
    """Its elements."""
    return Elements(page)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The page of a good session, in a folder that was not there."""
    return html.write(a_good_session(), tmp_path_factory.mktemp("reports") / "reports" / "verify")


def test_the_page_needs_nothing_beside_it_and_no_script(elements, page):
    """It is mailed around and opened from a build's artefacts."""
    assert [] == elements.all("script", "link", "img", "iframe", "object", "embed")
    assert [] == [
        value
        for _, attributes, *_ in elements.found
        for name, value in attributes.items()
        if name in {"src", "href", "xlink:href", "srcset"} and not value.startswith("#")
    ]
    assert [] == re.findall(r"url\(|@import|https?://", page)


def test_the_page_is_well_formed(elements, page):
    """Every element is closed, every id is there once, and every reference leads to one."""
    ids = [attributes["id"] for _, attributes, *_ in elements.found if "id" in attributes]
    named = {
        one
        for _, attributes, *_ in elements.found
        for one in (attributes.get("aria-labelledby") or attributes.get("href", "#")[1:]).split()
    }

    assert page.startswith("<!doctype html>")
    assert len(ids) == len(set(ids))
    assert named <= set(ids)


def test_the_verdict_comes_first_with_what_broke_it(page):
    """Whoever looks for what broke need not scroll."""
    head = page[page.index("<body>") : page.index("<h2")]

    assert head.startswith('<body>\n<header>\n<h1>Verdict: <span class="fail">fail</span></h1>')
    assert head.index("n-17 came twice") < head.index("<table")
    whole = [len(scenario.rules) for scenario in (autoscaling.SCENARIO, lost_task.SCENARIO)]
    assert ["1 of 3 checks passed", *(f"{count} of {count} checks passed" for count in whole)] == re.findall(
        r"\d+ of \d+ checks passed", head
    )
    assert '<code class="command">make verify</code>' in head


def test_a_session_in_which_all_passed_lists_nothing_that_is_open(written):
    """Its verdict is one word."""
    page = written.read_text("utf-8")

    assert '<h1>Verdict: <span class="pass">pass</span></h1>' in page
    assert "<ul" not in page


def test_each_scenario_has_its_chart_checks_and_events(elements, page, eventful_session):
    """Three scenarios were recorded."""
    sections = page.split('<section class="scenario"')[1:]

    assert 3 == len(sections)
    for section, finding in zip(sections, eventful_session.found, strict=True):
        assert finding.title in section
        assert 1 == section.count("<figure>")
        assert all(f"<code>{one.name}</code>" in section for one in finding.checks)
        assert re.search(r"<summary>\d+ events</summary>", section)
    for text in (
        "SIGKILL of a task of email-sender",
        "smtp: latency",
        "load ended",
        "desired count set to 7",
    ):
        assert text in sections[0]


def test_it_says_what_was_enforced_where_the_time_went_and_which_versions_took_part(page):
    """After the scenarios."""
    last = page[page.rindex("</figure>") :]

    for text in (
        "tasks held to their CPU",
        "in a cgroup of version 2",
        "CloudWatch&#39;s CPU stands alone",
        "Bringing the stage up",
        "terraform apply 81.0",
        "<dt>Terraform</dt><dd>1.11.4</dd>",
        "<dt>git revision</dt><dd>0123456789ab</dd>",
    ):
        assert text in last


def test_rights_are_a_chapter(page):
    """Of each role what it uses, what it never used and why, and what was refused."""
    chapter = page[page.index('<h2 id="rights">') :].partition("</section>")[0]

    for text in (
        "<code>staging-email-sender-task</code>: 1 used, 1 never used, 1 with a reason, 2 refused",
        '<td role="cell">sqs:ReceiveMessage</td><td role="cell" data-head="calls">4375</td>',
        '<td role="cell">sqs:PurgeQueue</td><td role="cell" class="outcome fail">never used</td>',
        '<td role="cell">sqs:DeleteMessage</td><td role="cell" class="outcome">never used</td>',
        'class="soft">An incident&#39;s.</td>',
        f'fail">Refused, 3 times: User: {worlds.SENDER} is not authorized',
        "(A test shows it.)</p>",
        "by resource-based policy queue (1 times)",
        'fail">Refused, 1 times: User: sns.amazonaws.com is not',
    ):
        assert text in chapter, text


def test_without_a_record_there_is_no_chapter_on_rights(written):
    """On AWS nobody keeps one."""
    assert 'id="rights"' not in written.read_text("utf-8")
    assert json.loads((written.parent / "results.json").read_text("utf-8"))["rights"] is None


def test_nothing_from_outside_is_markup():
    """A service's error text or name may hold anything, and so may whatever is in a chart."""
    run = runs.with_request(runs.autoscaling_run(), Request(runs.real(9), runs.real(9) + 1, 500, error=EVIL))
    run = runs.with_api(run, name=EVIL)
    run = runs.replace(
        run,
        marks=(Mark(runs.real(1), EVIL),),
        faults=(Fault("SIGKILL", EVIL, EVIL, runs.real(2), runs.real(2)),),
        wanted_alarms=(EVIL,),
    )
    findings = found(Finding(EVIL, [check("fail", figure=EVIL, detail=EVIL, expectation=EVIL)], run, EVIL))
    findings.notes.append(EVIL)
    findings.phases.append(Phase(EVIL, 1.0))
    findings.versions = {EVIL: EVIL}
    findings.command = EVIL
    statement = worlds.statement(EVIL, [EVIL, "sqs:SendMessage"], EVIL)
    findings.rights = judge(
        worlds.seen(
            worlds.allowed("sqs:SendMessage", EVIL, EVIL),
            worlds.allowed(EVIL, kind=EVIL, name=EVIL),
            worlds.refused(EVIL),
            roles=[worlds.role(statement)],
        ),
        Reasons(),
    )

    page = html.page(findings)

    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 20
    assert Elements(page).all("h1")


def test_every_picture_has_a_name_and_is_told_in_words(elements):
    """Whoever does not see it hears what is in it; keys and ticks beside it are for eyes."""
    pictures = [attributes for _, attributes, *_ in elements.all("svg") if "role" in attributes]

    assert len(pictures) > 20
    for attributes in pictures:
        assert "img" == attributes["role"]
        assert attributes.get("aria-label") or attributes.get("aria-labelledby")
    assert all("".join(text).strip() for *_, text in elements.all("title", "desc"))
    named = sum("aria-labelledby" in attributes for attributes in pictures)
    assert 18 == named == len(elements.all("desc"))


def test_every_table_has_heads(elements):
    """Of its columns, and of its rows where one cell names the others; roles outlive the cards of a phone."""
    for _, attributes, around, text in elements.all("th"):
        assert attributes["scope"] == ("col" if "thead" in around else "row")
        assert "".join(text).strip()
    cards = [attributes for _, attributes, *_ in elements.all("table") if attributes.get("class") == "cards"]
    assert [{"class": "cards", "role": "table"}] * len(cards) == cards
    roles = {"tr": "row", "td": "cell"}
    of_cards = [(tag, attributes) for tag, attributes, *_ in elements.all("tr", "td") if "role" in attributes]
    assert len(of_cards) > 50
    assert all(roles[tag] == attributes["role"] for tag, attributes in of_cards)


def test_nothing_is_broader_than_a_phone(page):
    """No element has a least width, no picture one of its own, and tables with long rows become cards."""
    assert [] == re.findall(r"min-width: *(?!0\b)", _CSS.replace("@media (min-width", ""))
    assert [] == re.findall(r"(?<![-\w])width: *\d{3,}px|(?<![-\w])width: *(?:[2-9]\d|1\d\d)rem", _CSS)
    assert {"100%"} == set(re.findall(r'<svg width="([^"]+)" height="100%"', page))
    assert "@media (max-width: 40rem)" in _CSS


def test_there_is_a_light_and_a_dark_page_and_paper_is_light(page):
    """By what the reader's system prefers."""
    assert "@media screen and (prefers-color-scheme: dark)" in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "@media print" in page


def test_starved_minutes_are_grey(written):
    """Where CPU says nothing, a reader of the chart must see it, and read why."""
    starved = runs.with_timeline(runs.autoscaling_run(), starved_minutes=[runs.moment(12)])

    page = html.page(found(Finding("s", [check("pass")], starved)))

    assert 6 == page.count('<rect class="starved"')
    assert "the host was starved" in page
    assert "the host was starved" not in written.read_text("utf-8")


def test_the_page_and_the_results_are_written(written):
    """The folder is made if need be."""
    results = json.loads((written.parent / "results.json").read_text("utf-8"))
    cases = ET.parse(written.parent / "junit.xml").getroot().findall(".//testcase")  # noqa: S314 - our own XML

    assert "pass" == results["verdict"]
    counted = [len(autoscaling.SCENARIO.rules), len(lost_task.SCENARIO.rules)]
    assert counted == [len(each["checks"]) for each in results["scenarios"]]
    assert sum(counted) == len(cases)


def test_a_scenario_is_told_its_own_mails():
    """The mailbox has those of the scenarios before it too."""
    run = runs.autoscaling_run()
    mails = (Mail(runs.real(1), "of another scenario"), *run.mails)

    told = html.page(found(Finding("s", [check("pass")], runs.replace(run, mails=mails))))

    assert f"<dt>mails</dt><dd>{len(run.mails)}</dd>" in told


def test_what_failed_most_is_told_and_the_rest_is_counted(page):
    """A line for each of a thousand messages would hide them all."""
    run = calm_run()
    for number in range(7):
        run = runs.with_request(run, Request(runs.real(9), runs.real(9), 500, error=f"error {number}"))

    told = html.page(found(Finding("s", [check("fail")], run)))

    assert "500, error 4: 1; others: 2</dd>" in told
    assert "503, upstream connect error" in page
