"""Program: `python -m tests.load.capacity --write`, the tables of what a load takes, in `docs/load.md`.

Pure arithmetic on what was measured (docs/performance.md, and the generator's own cost) and on what AWS's
pages say: nothing is measured here.
"""

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from common.shared_files import write_whole
from tests.marked import with_text

_ROOT = Path(__file__).parents[2]
PAGE = _ROOT / "docs" / "load.md"
PLACE = "capacity"
_SECONDS_AN_HOUR = 3600


@dataclass(frozen=True)
class Measured:
    """What a notification costs, as measured.

    Attributes:
        api_seconds: CPU seconds of the Notification API.
        sender_seconds: CPU seconds of the Email Sender.
        generator_seconds: CPU seconds of Locust.
        sqs_calls: Calls of SQS by both services.
        sqs_rate: Requests a second at which these were counted.
    """

    api_seconds: float
    sender_seconds: float
    generator_seconds: float
    sqs_calls: float
    sqs_rate: float


def measured(performance: str, facts: Mapping[str, Any]) -> Measured:
    """Figures of `docs/performance.md`, and the generator's own.

    Raises:
        ValueError: The page has them no more where they were.
    """
    api, sender = re.findall(r"^\| ours \|(?:[^|]*\|){2} ([\d,]+) µs \|", performance, re.MULTILINE)
    calls = re.findall(
        r"^\| ([\d,]+) \| [\d.]+ \| [\d.]+ \| [\d.]+ \| ([\d.]+) \|", performance, re.MULTILINE
    )
    rate, highest = calls[-1]
    return Measured(
        *(float(text.replace(",", "")) / 1e6 for text in (api, sender)),
        generator_seconds=facts["measured"]["generator_microseconds"] / 1e6,
        sqs_calls=float(highest),
        sqs_rate=float(rate.replace(",", "")),
    )


def tasks(rate: float, cpu_seconds: float, vcpu: float, busy_percent: float) -> int:
    """Tasks that `rate` a second keep no busier than that."""
    # Rounded, or a task that is just busy enough would need another for a hundred-millionth of one.
    return math.ceil(round(rate * cpu_seconds / (vcpu * busy_percent / 100), 8))


def load_balancer_units(
    rate: float, users: int, facts: Mapping[str, Any], rules: int = 1
) -> dict[str, float]:
    """Load balancer capacity units by dimension; the highest is what is paid for.

    Users keep their connections, so that new ones come only while users start.
    """
    quotas, planned = facts["quotas"], facts["planned"]
    gigabytes = rate * planned["bytes_a_request"] * _SECONDS_AN_HOUR / 1e9
    return {
        "new connections": 0.0,
        "active connections": users / quotas["lcu_active_connections"],
        "processed bytes": gigabytes / quotas["lcu_gigabytes_an_hour"],
        "rule evaluations": rate * max(0, rules - quotas["free_rules"]) / quotas["lcu_rule_evaluations"],
    }


def rows(seen: Measured, facts: Mapping[str, Any], hourly: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is needed, how many of it, and what that costs an hour."""
    planned, prices = facts["planned"], facts["prices"]
    rate, busy = planned["requests_per_second"], planned["busy_percent"]

    def fargate(count: int, vcpu: float, gib: float) -> float:
        return count * (vcpu * hourly["vcpu"] + gib * hourly["gib_of_memory"])

    workers = tasks(rate, seen.generator_seconds, planned["worker_vcpu"], busy)
    api = tasks(rate, seen.api_seconds, planned["api_vcpu"], busy)
    sender = tasks(rate, seen.sender_seconds, planned["sender_vcpu"], busy)
    units = load_balancer_units(rate, rate, facts)
    dimension = max(units, key=lambda name: units[name])
    calls = rate * seen.sqs_calls
    writes = rate * planned["ledger_writes"] * planned["write_units_a_transactional_write"]

    def millions_an_hour(a_second: float) -> float:
        return a_second * _SECONDS_AN_HOUR / 1e6

    generator = fargate(workers + 1, planned["worker_vcpu"], planned["worker_gib"])
    return [
        ("Locust workers, and their master", f"{workers} + 1 tasks of 1 vCPU", f"${generator:.2f}"),
        (
            "Notification API",
            f"{api} tasks of {planned['api_vcpu']} vCPU",
            f"${fargate(api, planned['api_vcpu'], planned['service_gib']):.2f}",
        ),
        (
            "Email Sender",
            f"{sender} tasks of {planned['sender_vcpu']} vCPU",
            f"${fargate(sender, planned['sender_vcpu'], planned['service_gib']):.2f}",
        ),
        (
            "load balancer",
            f"{units[dimension]:.0f} LCU, by {dimension}",
            f"${units[dimension] * prices['lcu_hour']:.2f}",
        ),
        (
            "SQS",
            f"{calls:,.0f} calls a second",
            f"${millions_an_hour(calls) * prices['sqs_million_requests']:.2f}",
        ),
        (
            "DynamoDB",
            f"{writes:,.0f} write request units a second",
            f"${millions_an_hour(writes) * prices['dynamodb_million_write_units']:.2f}",
        ),
        (
            "the workers' logs",
            f"{rate * planned['bytes_a_log_line'] * _SECONDS_AN_HOUR / 1e9:.1f} GB an hour",
            "by the GB",
        ),
    ]


def table() -> str:
    """The table as it stands in the page."""
    facts = yaml.safe_load(Path(__file__).with_name("capacity.yaml").read_text())
    hourly = yaml.safe_load((_ROOT / "tests" / "plan" / "prices.yaml").read_text())
    seen = measured((_ROOT / "docs" / "performance.md").read_text("utf-8"), facts)
    lines = [f"| {need} | {count} | {cost} |\n" for need, count, cost in rows(seen, facts, hourly)]
    return "".join(["| | needed | an hour |\n", "|---|---|---|\n", *lines])


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write_whole(PAGE, with_text(PAGE.read_text("utf-8"), PLACE, table()))
    else:
        sys.stdout.write(table())
