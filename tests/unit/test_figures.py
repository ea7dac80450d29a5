"""Figures that documentation has in common with the code: a table of page, text and expression."""

import re

import pytest

from email_sender.providers import smtp_limits
from email_sender.providers.smtp_limits import TimeLimits
from notification_api.api_keys import MAX_AGE_SECONDS
from notification_api.models import MAX_EXPIRY
from notification_api.validation import MAX_ERRORS
from shared.sqs.micro_batcher import BatchLimits
from stage.clock import MINUTE
from stage.cpu.machine import REFERENCE_CORES, HostSpeed
from stage.fit import fit
from stage.metrics.lag import HIGH_RESOLUTION, Lags
from tests.bench.targets import API_TIMES_PLAIN, SENDER_TIMES_CELERY
from tests.unit.documents import text_of
from tests.unit.figures import (
    WORDS,
    argument,
    constant,
    default,
    min_coverage,
    minutes,
    number,
    reputation,
    retention,
    variable_default,
)
from verify.scenario import _ATTEMPTS as MAX_ATTEMPTS
from verify.scenarios import autoscaling
from verify.verdict.target_tracking import TARGET_PERCENT
from verify.verdict.trust import STARVED_SHARE

QUIET = HostSpeed(core=1.0, cores=REFERENCE_CORES)
CROWDED = HostSpeed(core=0.01, cores=0.1)


def lag(namespace, period=MINUTE):
    """AWS seconds that a namespace's metrics are late."""
    return Lags().of(namespace, period).total_seconds()


PLACEHOLDER = re.compile(r"{[^}]*}")
FIGURES = [
    # The stage.
    ("docs/differences.md", "{:g} where two cores or more are free", lambda: fit(QUIET).vcpu_cores),
    ("docs/differences.md", "at least {:g};", lambda: fit(CROWDED).vcpu_cores),
    ("docs/differences.md", "an AWS minute takes {:g} s,", lambda: fit(QUIET).minute_seconds),
    ("docs/differences.md", "up to {:g} s on a slow machine", lambda: fit(CROWDED).minute_seconds),
    ("docs/architecture.md", "An AWS minute takes {:g} s here", lambda: fit(QUIET).minute_seconds),
    ("docs/architecture.md", "busy machine up to {:g} s", lambda: fit(CROWDED).minute_seconds),
    ("docs/differences.md", "ECS's CPU comes {:g} AWS seconds after its minute", lambda: lag("AWS/ECS")),
    ("docs/differences.md", "or {:g} after its twenty", lambda: lag("AWS/ECS", HIGH_RESOLUTION)),
    ("docs/differences.md", "Container Insights' metrics {:g};", lambda: lag("AWS/ApplicationELB")),
    ("docs/differences.md", "Container Insights' metrics {:g};", lambda: lag("AWS/SQS")),
    ("docs/differences.md", "Container Insights' metrics {:g};", lambda: lag("ECS/ContainerInsights")),
    # Scaling.
    ("README.md", "that {:g} % CPU scales out", lambda: number("variables-services.tf", "cpu_target")),
    ("README.md", "that {:g} % CPU scales out", lambda: TARGET_PERCENT),
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
        lambda: WORDS[number("queue.tf", "mail_retention_days")],
    ),
    (
        "docs/runbook.md",
        "before the queue's {} days are over",
        lambda: WORDS[number("queue.tf", "mail_retention_days")],
    ),
    (
        "docs/runbook.md",
        "It keeps letters for {} days",
        lambda: WORDS[number("queue.tf", "dead_letter_retention_days")],
    ),
    (
        "docs/glossary.md",
        "visibility timeout, {:g} s",
        lambda: number("queue.tf", "visibility_timeout"),
    ),
    ("docs/glossary.md", "visibility timeout, {:g} s", lambda: default("visibility_timeout_seconds")),
    (
        "docs/runbook.md",
        "[queue-age](#queue-age) follows after {} minutes",
        lambda: WORDS[
            number("variables-alarms.tf", "queue_age") / 60
            + argument("alarms-queue.tf", "queue_age", "datapoints_to_alarm")
        ],
    ),
    (
        "docs/runbook.md",
        "The queue keeps events for {:g} days",
        lambda: retention("events"),
    ),
    ("docs/runbook.md", "It keeps messages for {:g} days", lambda: retention("dead_letter")),
    (
        "docs/runbook.md",
        "asks again by itself, about {} a minute",
        lambda: {2: "twice"}[
            60 / constant("services/email_sender/sending/circuit_breaker.py", "_MAX_PAUSE_SECONDS")
        ],
    ),
    (
        "docs/architecture.md",
        "gives a receive under way {} seconds",
        lambda: {2: "two"}[constant("services/email_sender/worker.py", "_LAST_RECEIVE_SECONDS")],
    ),
    # What a caller may ask.
    ("docs/architecture.md", "`expires_at` (at most {} days ahead)", lambda: MAX_EXPIRY.days),
    ("services/README.md", "422, with {} errors at most", lambda: MAX_ERRORS),
    # A dialogue with a relay.
    (
        "docs/mail-refusals.md",
        "before the content has two {} of it",
        lambda: {0.4: "fifths"}[TimeLimits(1.0).before_content_seconds],
    ),
    (
        "docs/mail-refusals.md",
        "names and connection | {:g} s, and {:g} s for each address",
        lambda: (smtp_limits.CONNECT_SECONDS, smtp_limits.ADDRESS_SECONDS),
    ),
    ("docs/mail-refusals.md", "RCPT TO | {:g} minutes each", lambda: smtp_limits.COMMAND_SECONDS / 60),
    ("docs/mail-refusals.md", "| DATA | {:g} minutes, or", lambda: smtp_limits.DATA_SECONDS / 60),
    (
        "docs/mail-refusals.md",
        "reply to the content | {:g} minutes |",
        lambda: smtp_limits.CONTENT_SECONDS / 60,
    ),
    (
        "docs/mail-refusals.md",
        "to all connections together | {:g} s |",
        lambda: smtp_limits.FAREWELL_SECONDS,
    ),
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
        lambda: number("modules/monitoring/alarm-error-rate.tf", "min_requests"),
    ),
    (
        "docs/runbook.md",
        "with fewer than {:g} attempts do not count",
        lambda: number("modules/monitoring/alarms-custom-metrics.tf", "min_attempts"),
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
        lambda: minutes("alarms-custom-metrics.tf", "send_failure_rate"),
    ),
    (
        "docs/runbook.md",
        "for {} minutes of the last {}, the API has answered requests with 503",
        lambda: minutes("alarms-custom-metrics.tf", "accept_failures"),
    ),
    (
        "docs/runbook.md",
        "for {} minutes at least one task of the Email Sender",
        lambda: minutes("alarms-custom-metrics.tf", "provider_unavailable")[0],
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
    ("docs/mesh.md", "idle {:g} s", lambda: number("modules/mesh/variables-proxies.tf", "idle")),
    ("docs/mesh.md", "request {:g} s", lambda: number("modules/mesh/variables-proxies.tf", "per_request")),
    ("docs/mesh.md", "{:g} s a try", lambda: number("modules/mesh/variables-proxies.tf", "per_try")),
    (
        "docs/mesh.md",
        "after {:g} errors in a row",
        lambda: number("modules/mesh/app-mesh-virtual-nodes.tf", "max_server_errors"),
    ),
    # A run.
    ("README.md", "{} times at most, before it is called inconclusive", lambda: WORDS[MAX_ATTEMPTS]),
    ("verify/README.md", "{} attempts at most", lambda: WORDS[MAX_ATTEMPTS]),
    ("verify/README.md", "more than a {} of the AWS minutes", lambda: {0.1: "tenth"}[STARVED_SHARE]),
    (
        "docs/staging.md",
        "is raised, up to {})",
        lambda: {8: "eightfold"}[2 ** (autoscaling.Settings().max_rates - 1)],
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
