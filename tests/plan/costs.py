"""What the declared system costs a month before anybody uses it, from a plan and from list prices.

The table is in terraform/README.md, between two marks; `pytest tests/plan/test_costs.py --write costs` writes
it anew.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.plan.offline import ROOT_MODULE
from tests.plan.view import Plan

README = ROOT_MODULE / "README.md"
BEGIN = "<!-- Monthly cost: written by `pytest tests/plan/test_costs.py --write costs`. -->"
END = "<!-- End of monthly cost. -->"
PRICES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("prices.yaml").read_text())

_PARTS = ("tasks", "interface endpoints", "NAT gateways", "load balancer", "the rest")
_CPU_UNITS = 1024
_MIB = 1024


def monthly(plan: Plan, private_endpoints: str) -> dict[str, float]:
    """US dollars a month, by part of the bill: what runs at the least, without what is paid by use.

    Args:
        plan: A plan that has every interface endpoint.
        private_endpoints: The variable's value: "gateway" leaves the interface endpoints out.
    """
    zones = sum(1 for address in plan.all("aws_subnet") if ".private[" in address)
    endpoints = plan.all("aws_vpc_endpoint").values()
    interfaces = [one for one in endpoints if one["vpc_endpoint_type"] == "Interface"]
    nat_gateways = len(plan.all("aws_nat_gateway"))
    address = _hours("public_ipv4_address")
    return {
        "tasks": sum(_tasks(plan, name) for name in ("notification-api", "email-sender")),
        "interface endpoints": _hours("interface_endpoint")
        * len(interfaces)
        * zones
        * (private_endpoints == "all"),
        "NAT gateways": nat_gateways * (_hours("nat_gateway") + address),
        # It has an address in each zone.
        "load balancer": _hours("load_balancer") + zones * address,
        "the rest": _rest(plan),
    }


def table(rows: Iterable[tuple[str, dict[str, float]]]) -> str:
    """The README's table, with its marks."""
    prices = f"{PRICES['region']} as of {PRICES['date']}, {PRICES['hours_a_month']}"
    lines = [
        BEGIN,
        "",
        f"US dollars a month, list prices of {prices} hours; what is paid by use comes on top.",
        "",
        f"| setting | {' | '.join(_PARTS)} | sum |",
        f"| --- |{' ---: |' * (len(_PARTS) + 1)}",
    ]
    for setting, parts in rows:
        numbers = [*(parts[part] for part in _PARTS), sum(parts.values())]
        lines.append(f"| {setting} | {' | '.join(f'{number:.0f}' for number in numbers)} |")
    return "\n".join([*lines, "", END])


def written() -> str:
    """The table as the README has it; empty without one."""
    found = re.search(rf"{re.escape(BEGIN)}.*?{re.escape(END)}", README.read_text(), re.DOTALL)
    return found[0] if found else ""


def write(new: str) -> None:
    """Put a table in the place of the README's."""
    README.write_text(README.read_text().replace(written(), new))


def _tasks(plan: Plan, name: str) -> float:
    service = plan.service(name)
    task = service.cpu / _CPU_UNITS * _hours("vcpu") + service.memory / _MIB * _hours("gib_of_memory")
    return task * int(service.target["min_capacity"])


def _rest(plan: Plan) -> float:
    metrics = sum(
        sum(1 for query in alarm.get("metric_query") or [] if query.get("metric")) or 1
        for alarm in plan.all("aws_cloudwatch_metric_alarm").values()
    )
    counted = {
        "composite_alarm": "aws_cloudwatch_composite_alarm",
        "key": "aws_kms_key",
        "secret": "aws_secretsmanager_secret",
        "hosted_zone": "aws_service_discovery_private_dns_namespace",
    }
    others = sum(float(PRICES[price]) * len(plan.all(kind)) for price, kind in counted.items())
    return metrics * float(PRICES["alarm_metric"]) + others


def _hours(of: str) -> float:
    return float(PRICES[of]) * float(PRICES["hours_a_month"])
