"""Figures that documentation has in common with the code: a table of page, text and expression."""

import re

import pytest

from email_sender.settings import SenderSettings
from notification_api.api_keys import MAX_AGE_SECONDS
from shared.sqs.micro_batcher import BatchLimits
from stage.cpu.speed import REFERENCE_CORES, HostSpeed
from stage.fit import fit
from tests.bench.targets import API_TIMES_PLAIN, SENDER_TIMES_CELERY
from tests.unit.documents import ROOT, text_of
from verify.scenarios.attempts import _ATTEMPTS as MAX_ATTEMPTS
from verify.scenarios.settings import AutoscalingSettings
from verify.verdict import rules

TERRAFORM = ROOT / "terraform"
MONITORING = TERRAFORM / "modules" / "monitoring"
RUNBOOK = ROOT / "docs" / "runbook.md"


def number(file, name):
    """What a Terraform file gives a local, an argument, or an optional field by default."""
    pattern = rf"^\s*{name}\s*=\s*(?:optional\(number, )?([\d.]+)\)?(?:\s*#.*)?$"
    [found] = set(re.findall(pattern, (TERRAFORM / file).read_text("utf-8"), re.MULTILINE))
    return float(found)


def variable_default(file, name):
    """Default of a variable that is a number."""
    block = re.search(
        rf'^variable "{name}" {{\n(.*?)^}}', (TERRAFORM / file).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return float(re.search(r"^\s*default\s*=\s*([\d.]+)$", block[1], re.MULTILINE)[1])


def default(name):
    """What the Email Sender takes where its task definition says nothing."""
    return SenderSettings.model_fields[name].default


def argument(file, name, which):
    """What an alarm is given."""
    text = (MONITORING / file).read_text("utf-8")
    block = re.search(rf'^resource "\w+" "{name}" {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL)[1]
    return float(re.search(rf"^  {which}\s*=\s*([\d.]+)$", block, re.MULTILINE)[1])


def minutes(file, name):
    """Minutes for which an alarm has to be breaching, and of how many, in words."""
    return [WORDS[argument(file, name, one)] for one in ("datapoints_to_alarm", "evaluation_periods")]


def reputation(name):
    """Share of mails from which AWS reviews an account."""
    text = (MONITORING / "alarms-mail.tf").read_text("utf-8")
    return float(
        re.search(rf"^    {name} = {{\n.*?threshold\s*=\s*([\d.]+)$", text, re.MULTILINE | re.DOTALL)[1]
    )


def constant(file, name):
    """A number that a module names, read rather than imported: some need what this layer has not."""
    return float(re.search(rf"^{name} = ([\d.]+)$", (ROOT / file).read_text("utf-8"), re.MULTILINE)[1])


def min_coverage():
    """Percent of branches below which the unit layer fails."""
    return int(re.search(r"--fail-under=(\d+)", (ROOT / "tox.ini").read_text("utf-8"))[1])


WORDS = {3: "three", 5: "five", 7: "seven", 10: "ten", 14: "14", 15: "15"}
QUIET = HostSpeed(core=1.0, cores=REFERENCE_CORES)
CROWDED = HostSpeed(core=0.01, cores=0.1)

PLACEHOLDER = re.compile(r"{[^}]*}")
FIGURES = [
    # The stage.
    ("docs/differences.md", "{:g} where two cores or more are free", lambda: fit(QUIET).vcpu_cores),
    ("docs/differences.md", "at least {:g};", lambda: fit(CROWDED).vcpu_cores),
    ("docs/differences.md", "an AWS minute takes {:g} s,", lambda: fit(QUIET).minute_seconds),
    ("docs/differences.md", "up to {:g} s on a slow machine", lambda: fit(CROWDED).minute_seconds),
    ("docs/architecture.md", "An AWS minute takes {:g} s here", lambda: fit(QUIET).minute_seconds),
    ("docs/architecture.md", "busy machine up to {:g} s", lambda: fit(CROWDED).minute_seconds),
    # Scaling.
    ("README.md", "that {:g} % CPU scales out", lambda: number("variables-services.tf", "cpu_target")),
    ("README.md", "that {:g} % CPU scales out", lambda: rules.TARGET_PERCENT),
    ("terraform/README.md", "scale at {:g} % CPU", lambda: number("variables-services.tf", "cpu_target")),
    # What is waited for and given up.
    (
        "docs/runbook.md",
        "could not be read for {:g} minutes",
        lambda: MAX_AGE_SECONDS / 60,
    ),
    ("docs/runbook.md", "`max_attempts` ({:g})", lambda: number("variables-services.tf", "max_attempts")),
    ("docs/runbook.md", "`max_attempts` ({:g})", lambda: default("max_attempts")),
    ("docs/runbook.md", "`max_age_hours` ({:g})", lambda: number("variables-services.tf", "max_age_hours")),
    ("docs/runbook.md", "`max_age_hours` ({:g})", lambda: default("max_age_seconds") / 3600),
    ("services/README.md", "at the {:g}th failure", lambda: default("max_attempts")),
    ("services/README.md", "failing for {:g} hours", lambda: default("max_age_seconds") / 3600),
    (
        "docs/runbook.md",
        "put aside at the {}th receive",
        lambda: {1000: "thousand"}[variable_default("modules/queue/variables.tf", "max_receive_count")],
    ),
    (
        "docs/runbook.md",
        "the queue keeps them for {} days",
        lambda: WORDS[number("locals.tf", "mail_retention_days")],
    ),
    (
        "docs/runbook.md",
        "before the queue's {} days are over",
        lambda: WORDS[number("locals.tf", "mail_retention_days")],
    ),
    (
        "docs/runbook.md",
        "It keeps letters for {} days",
        lambda: WORDS[number("locals.tf", "dead_letter_retention_days")],
    ),
    (
        "docs/glossary.md",
        "visibility timeout, {:g} s",
        lambda: number("locals.tf", "visibility_timeout"),
    ),
    ("docs/glossary.md", "visibility timeout, {:g} s", lambda: default("visibility_timeout_seconds")),
    # Batches.
    (
        "docs/architecture.md",
        "({} messages or {:g} ms)",
        lambda: (BatchLimits().entries, BatchLimits().wait_seconds * 1000),
    ),
    (
        "services/README.md",
        "up to {} messages or {:g} ms",
        lambda: (BatchLimits().entries, BatchLimits().wait_seconds * 1000),
    ),
    (
        "docs/decisions/aws-client.md",
        "longer than {:g} ms for company",
        lambda: BatchLimits().wait_seconds * 1000,
    ),
    # Alarms that are fixed: how much, and for how long.
    (
        "docs/runbook.md",
        "with fewer than {:g} requests do not count",
        lambda: number("modules/monitoring/alarm-error-rate.tf", "least_requests"),
    ),
    (
        "docs/runbook.md",
        "with fewer than {:g} attempts do not count",
        lambda: number("modules/monitoring/alarms-services-own.tf", "least_attempts"),
    ),
    (
        "docs/runbook.md",
        "waited for more than {:g} minutes",
        lambda: argument("alarms-mail.tf", "mail_events_age", "threshold") / 60,
    ),
    (
        "docs/runbook.md",
        "for {} minutes of the last {}, more than the threshold's percentage of requests",
        lambda: minutes("alarm-error-rate.tf", "error_rate"),
    ),
    (
        "docs/runbook.md",
        "for {} minutes of the last {}, more than the threshold's percentage of attempts",
        lambda: minutes("alarms-services-own.tf", "send_failure_rate"),
    ),
    (
        "docs/runbook.md",
        "for {} minutes of the last {}, the API has answered requests with 503",
        lambda: minutes("alarms-services-own.tf", "accept_failures"),
    ),
    (
        "docs/runbook.md",
        "for {} minutes at least one task of the Email Sender",
        lambda: minutes("alarms-services-own.tf", "provider_unavailable")[0],
    ),
    (
        "docs/runbook.md",
        "for {} minutes the canary's target group",
        lambda: minutes("alarm-canary-health.tf", "canary_health")[0],
    ),
    (
        "docs/runbook.md",
        "for {} minutes the oldest message in the queue",
        lambda: minutes("alarms-queue.tf", "queue_age")[0],
    ),
    (
        "docs/runbook.md",
        "its CPU than the threshold for {} minutes",
        lambda: minutes("alarm-cpu.tf", "cpu")[0],
    ),
    (
        "docs/runbook.md",
        "for {} minutes a service has had fewer running tasks",
        lambda: minutes("alarm-running-tasks.tf", "running_tasks")[0],
    ),
    (
        "docs/runbook.md",
        "- **Means**: {:g} % of the account's mails",
        lambda: 100 * reputation("bounce-rate"),
    ),
    (
        "docs/runbook.md",
        "have called {:g} % of the account's mails",
        lambda: 100 * reputation("complaint-rate"),
    ),
    # The mesh.
    ("docs/mesh.md", "idle {:g} s", lambda: number("modules/mesh/variables-services.tf", "idle")),
    ("docs/mesh.md", "request {:g} s", lambda: number("modules/mesh/variables-services.tf", "per_request")),
    ("docs/mesh.md", "{:g} s a try", lambda: number("modules/mesh/variables-services.tf", "per_try")),
    (
        "docs/mesh.md",
        "after {:g} errors in a row",
        lambda: number("modules/mesh/app-mesh-virtual-nodes.tf", "max_server_errors"),
    ),
    # A run.
    ("README.md", "{} times at most, before it is called inconclusive", lambda: WORDS[MAX_ATTEMPTS]),
    ("verify/README.md", "{} attempts at most", lambda: WORDS[MAX_ATTEMPTS]),
    ("verify/README.md", "more than a {} of the AWS minutes", lambda: {0.1: "tenth"}[rules.STARVED_SHARE]),
    (
        "docs/staging.md",
        "is raised, up to {})",
        lambda: {8: "eightfold"}[2 ** (AutoscalingSettings().most_rates - 1)],
    ),
    (
        "docs/integration-tests.md",
        "kills the Email Sender {:g} times",
        lambda: constant("tests/integration/test_kills.py", "_KILLS"),
    ),
    ("docs/architecture.md", "at least {} % of the services' branches", min_coverage),
    # What was measured is held against these.
    ("docs/performance.md", "missed its target of {:g}", lambda: SENDER_TIMES_CELERY),
    (
        "docs/performance.md",
        "loaded on {:g} connections",
        lambda: constant("tests/bench/measure/api.py", "CONNECTIONS"),
    ),
    (
        "docs/performance.md",
        "{} rounds each",
        lambda: WORDS[constant("tests/bench/measure/api.py", "ROUNDS")],
    ),
    (
        "docs/performance.md",
        "{} rounds each",
        lambda: WORDS[constant("tests/bench/measure/sender.py", "ROUNDS")],
    ),
    (
        "docs/performance.md",
        "a backlog of {:,.0f} mails",
        lambda: constant("tests/bench/measure/sender.py", "MAILS"),
    ),
    (
        "docs/performance.md",
        "at {:g} a second, from the queue",
        lambda: constant("tests/bench/measure/sender.py", "PACED_RATE"),
    ),
    (
        "docs/performance.md",
        "{} paired rounds of {:,.0f} calls, {} at a time",
        lambda: (
            WORDS[constant("tests/bench/client_cost.py", "ROUNDS")],
            constant("tests/bench/client_cost.py", "CALLS"),
            WORDS[constant("tests/bench/client_cost.py", "AT_ONCE")],
        ),
    ),
    ("docs/decisions/aws-client.md", "missed its target of {:g}", lambda: SENDER_TIMES_CELERY),
    ("docs/decisions/aws-client.md", "make {:g} times as many requests", lambda: API_TIMES_PLAIN),
]


@pytest.mark.parametrize(
    ("page", "text", "figure"), FIGURES, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_figure_is_the_codes(page, text, figure):
    """Wherever a page says this, it says the code's figure: who changes one changes the other."""
    found = figure()
    values = found if isinstance(found, (list, tuple)) else [found]
    words, placeholders = PLACEHOLDER.split(text), PLACEHOLDER.findall(text)
    written = tuple(one.format(value) for one, value in zip(placeholders, values, strict=True))
    said = re.compile(r"(\w+(?:[.,]\d+)*)".join(re.escape(one) for one in words))

    assert {written} == {match.groups() for match in said.finditer(text_of(page))}


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
            each = re.search(r"for_each = local\.(\w+)$", block, re.MULTILINE)
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
