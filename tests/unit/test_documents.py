"""Documentation as a whole: its links, its ways in, and what it says that can be run."""

import re
import tomllib
from configparser import RawConfigParser

import pytest
import yaml

from tests.unit.documents import PAGES, ROOT, anchors, links, name_of, table

TOP_FOLDERS = "terraform|services|stage|verify|ops|tests|docs|requirements"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page):
    """A file that moves takes its links along."""
    assert [] == [str(target) for target, _ in links(page) if not target.exists()]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_anchor_is_a_heading(page):
    """A heading that is renamed takes its links along."""
    asked = [(target, anchor) for target, anchor in links(page) if anchor]

    assert [] == [
        f"{name_of(target)}#{anchor}"
        for target, anchor in asked
        if target.suffix != ".md" or anchor not in anchors(target)
    ]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_in_the_text_exists(page):
    """What is set as code and begins with a top folder is there; NAME stands for what is still to be made."""
    named = re.findall(rf"`((?:{TOP_FOLDERS})/[^`\s]*)`", page.read_text("utf-8"))

    assert [] == [path for path in named if "NAME" not in path and not list(ROOT.glob(path))]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("where is the 70 %", "terraform/variables-services.tf"),
        ("where is the 70 %", "verify/verdict/target_tracking.py"),
        ("what happens on SMTP 451", "services/README.md#an-answer-and-what-follows"),
        ("what happens on SMTP 451", "services/email_sender/providers/smtp_rules.py"),
        ("how do I add a third service", "CONTRIBUTING.md#a-third-service"),
        ("how do I add a load scenario", "CONTRIBUTING.md#a-load-scenario"),
        ("how do I add a plan rule", "CONTRIBUTING.md#a-plan-rule"),
        ("how do I change an alarm threshold", "terraform/variables-alarms.tf"),
        ("where is a killed task noticed", "stage/tasks/process.py"),
        ("where is a killed task noticed", "verify/verdict/tasks.py"),
        ("what is a starved minute", "docs/glossary.md"),
        ("why not containers", "docs/decisions/process-stage.md"),
    ],
)
def test_a_newcomer_needs_two_hops(question, answer):
    """From README.md to the answer by two links at most."""
    path, _, anchor = answer.partition("#")
    reached = set(links(ROOT / "README.md"))
    pages = {target for target, _ in reached if target.suffix == ".md" and target.exists()}
    reached |= {link for page in pages for link in links(page)}

    assert (ROOT / path, anchor) in reached, question


@pytest.mark.parametrize("folder", ["docs", "docs/decisions"])
def test_every_page_of_the_documentation_is_linked(folder):
    """What nobody can find nobody reads."""
    linked = {target for page in PAGES for target, _ in links(page) if target != page}

    assert set() == set((ROOT / folder).glob("*.md")) - linked


def test_the_layers_to_run_before_a_push_are_the_makefiles():
    """Each layer has its minutes and its reason, in the order in which it is run."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    verified, tested = re.findall(r"-m tests\.layers (.+)", makefile)
    rows = table("CONTRIBUTING.md", "layer", "minutes", "run it when you change")

    assert [*tested.split(), *verified.split()] == [layer.strip("`") for layer, *_ in rows]


def test_a_hook_runs_what_it_is_called():
    """A commit is linted, a push runs the unit tests and nothing that takes longer."""
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert {"lint": "make lint", "unit": "make unit"} == {
        hook["id"]: hook["entry"] for hook in local["hooks"]
    }
    for hook in local["hooks"]:
        assert re.search(rf"^{hook['id']}: .*\n\t\$\(TOX\) run -q -e {hook['id']}$", makefile, re.MULTILINE)


def test_what_is_covered_is_said_once():
    """The command line of the unit layer overrides pyproject.toml, so the two have to agree."""
    tox = RawConfigParser()
    tox.read(ROOT / "tox.ini")
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]["run"][
        "source"
    ]

    assert re.findall(r"--cov=(\S+)", tox["testenv:unit"]["commands"]) == configured
