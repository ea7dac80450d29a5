"""The runbook says of each alarm what sets its threshold."""

import re

import pytest

from tests.unit.documents import ROOT
from tests.unit.figures import MONITORING, number

RUNBOOK = ROOT / "docs" / "runbook.md"


def alarm_sources():
    """Each alarm's section, with the file it is declared in and the thresholds it reads."""
    found = {}
    for file in sorted(MONITORING.glob("alarm*.tf")):
        text = file.read_text("utf-8")
        keys = {
            name: re.findall(r"^    ([\w-]+)\s+= {", body, re.MULTILINE)
            for name, body in re.findall(r"^  (\w+) = [^\n]*{\n(.*?)^  }", text, re.MULTILINE | re.DOTALL)
        }
        for block in re.findall(r'^resource "\w+" "\w+" {\n(.*?)^}', text, re.MULTILINE | re.DOTALL):
            anchor = re.search(r"#([\w${}.-]+)\"$", block, re.MULTILINE)[1]
            each = re.search(r"^  for_each = local\.(\w+)$", block, re.MULTILINE)
            sections = [anchor.replace("${each.key}", key) for key in keys[each[1]]] if each else [anchor]
            fields = set(re.findall(r"var\.thresholds\.(\w+)", block))
            found |= dict.fromkeys(sections, (file, fields))
    return found


ALARMS = alarm_sources()


def set_by(section):
    """What a section of the runbook says of its alarm's threshold."""
    body = re.search(
        rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL
    )[1]
    return re.search(r"^- \*\*Set by\*\*: (.*)$", body, re.MULTILINE)[1]


def test_every_alarm_is_found():
    """Sections of the runbook that say what sets their threshold, and alarms, are the same."""
    sections = re.split(r"^## ", RUNBOOK.read_text("utf-8"), flags=re.MULTILINE)[1:]

    assert {one.partition("\n")[0] for one in sections if "**Set by**" in one} == set(ALARMS)


@pytest.mark.parametrize("section", ALARMS)
def test_the_runbook_says_what_sets_an_alarms_threshold(section):
    """The variable's field with its default, and a link to it; else that it is fixed, where and why."""
    file, fields = ALARMS[section]
    said = set_by(section)

    if not fields:
        assert said.startswith(f"fixed in [`{file.name}`](../terraform/modules/monitoring/{file.name}): ")
        return
    [field] = fields
    unit = {"queue_age": "s", "p99_latency": "ms"}.get(field, "%")
    usual = number("variables-alarms.tf", field)
    assert said.startswith(
        f"`alarm_thresholds.{field}`, {usual:g} {unit} unless set, "
        "in [`variables-alarms.tf`](../terraform/variables-alarms.tf)"
    )
