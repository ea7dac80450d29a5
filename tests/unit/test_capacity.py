import re

import pytest
import yaml

from tests.load import capacity
from tests.marked import with_text
from tests.unit.documents import ROOT, text_of

FACTS = yaml.safe_load((ROOT / "tests/load/capacity.yaml").read_text())
HOURLY = {"vcpu": 0.04, "gib_of_memory": 0.005}


@pytest.mark.parametrize(
    ("rate", "seconds", "vcpu", "count"),
    [(10_000, 0.0001, 0.5, 3), (10_000, 0.0013, 1, 19), (700, 0.001, 1, 1), (701, 0.001, 1, 2)],
)
def test_tasks_are_no_busier_than_planned(rate, seconds, vcpu, count):
    """Rounded up: the last task may idle, none may be over the target."""
    assert count == capacity.tasks(rate, seconds, vcpu, busy_percent=70)


def test_the_dearest_dimension_of_a_load_balancer_is_the_one_that_counts():
    """54 GB an hour of 10,000 requests, ten units of 30,000 connections, ten more of an eleventh rule."""
    units = capacity.load_balancer_units(10_000, 30_000, FACTS, rules=11)

    assert pytest.approx(54.0) == units["processed bytes"]
    assert pytest.approx(10.0) == units["active connections"]
    assert pytest.approx(10.0) == units["rule evaluations"]


def test_figures_are_those_of_the_benchmarks_page():
    """A new measurement changes the plan, and this page with it."""
    page = """
| ours | 9,831 | 9,544 to 9,836 | 102 µs | 3.2 ms | 5.1 ms |
| ours, a bypass | 10,563 | 10,541 to 10,746 | 95 µs | 2.9 ms | 5.0 ms |
| ours | 4,944 | 4,931 to 5,020 | 1,202 µs | 74.8 ms | 124.4 ms |
| 100 | 0.67 | 0.16 | 0.16 | 0.99 | 7 ms | 8 ms | 67 ms | 122 ms |
| 1,000 | 0.18 | 0.10 | 0.10 | 0.38 | 5 ms | 9 ms | 60 ms | 110 ms |
"""
    seen = capacity.measured(page, {"measured": {"generator_microseconds": 500}})

    assert capacity.Measured(102e-6, 1202e-6, 500e-6, 0.38, 1000.0) == seen


def test_an_hour_of_each_is_its_price_times_what_is_needed():
    """3 + 1 workers of 1 vCPU and 2 GiB; a call for every second request; four write units for each."""
    seen = capacity.Measured(0.0001, 0.0002, 0.0002, 0.5, 1000.0)

    rows = {need: (count, cost) for need, count, cost in capacity.rows(seen, FACTS, HOURLY)}

    assert ("3 + 1 tasks of 1 vCPU", "$0.20") == rows["Locust workers, and their master"]
    assert ("3 tasks of 0.5 vCPU", "$0.08") == rows["Notification API"]
    assert ("6 tasks of 0.5 vCPU", "$0.15") == rows["Email Sender"]
    assert ("5,000 calls a second", "$7.20") == rows["SQS"]
    assert ("40,000 write request units a second", "$90.00") == rows["DynamoDB"]


def test_the_page_has_the_table_of_today():
    """Written by the program that the page names."""
    text = (ROOT / "docs/load.md").read_text("utf-8")
    assert with_text(text, capacity.PLACE, capacity.table()) == text


def test_the_page_says_what_the_figures_say():
    """Sentences beside the table, by the same facts."""
    planned, quotas = FACTS["planned"], FACTS["quotas"]
    page = text_of("docs/load.md")
    per_worker = planned["busy_percent"] / 100 / (FACTS["measured"]["generator_microseconds"] / 1e6)
    writes = planned["requests_per_second"] * planned["ledger_writes"] * 2
    assert f"some {round(per_worker, -1):.0f} a second at {planned['busy_percent']} %" in page
    assert quotas["dynamodb_table_write_units"] == writes
    assert f"about {quotas['sqs_in_flight']:,} a queue" in page
    assert f"a burst of {quotas['fargate_launch_burst']} tasks" in page
    assert f"if a mail takes {quotas['sqs_in_flight'] / planned['requests_per_second']:g} seconds" in page
    [most] = re.findall(
        r"var.workers <= (\d+)", (ROOT / "terraform/modules/load_generator/variables.tf").read_text()
    )
    assert f"goes up to {most}" in page
