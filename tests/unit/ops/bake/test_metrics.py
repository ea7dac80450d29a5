from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber

from ops.bake.evidence import Latency
from ops.bake.metrics import Metric, Window, newest_in_a_row
from ops.errors import OpsError
from tests.unit.ops.bake.figures import MINUTE, NOON

SIDES = {
    side: {name: Metric("Mine", name, "Sum", {"Side": side}) for name in ("requests", "errors")}
    for side in ("canary", "stable")
}


def part(name, values, status="Complete"):
    """Some datapoints of a metric, by minutes after noon."""
    return {
        "Id": name,
        "Timestamps": [NOON + minute * MINUTE for minute in values],
        "Values": list(values.values()),
        "StatusCode": status,
    }


OTHERS = [part(name, {}) for name in ("canary_errors", "stable_requests", "stable_errors")]


@pytest.fixture
def answering():
    """Gives ten minutes of a CloudWatch that answers with such pages of figures."""
    cloudwatch = boto3.client(
        "cloudwatch",
        region_name="eu-central-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )

    def answering(*pages):
        stubber = Stubber(cloudwatch)
        for number, results in enumerate(pages, start=1):
            more = {"NextToken": f"page {number}"} if number < len(pages) else {}
            stubber.add_response("get_metric_data", {"MetricDataResults": results, **more})
        stubber.activate()
        return Window(cloudwatch, NOON, NOON + 10 * MINUTE)

    return answering


def test_figures_on_several_pages_are_put_together(answering):
    """Of a metric with many datapoints each page has a part."""
    window = answering(
        [part("canary_requests", {0: 5.0}, "PartialData")],
        [part("canary_requests", {1: 6.0}), *OTHERS],
    )

    assert {NOON: 5.0, NOON + MINUTE: 6.0} == window.series(SIDES)["canary"]["requests"]


@pytest.mark.parametrize(
    "page",
    [
        [part("canary_requests", {0: 5.0}, "PartialData"), *OTHERS],
        [part("canary_requests", {}, "InternalError"), *OTHERS],
        [part("canary_requests", {0: 5.0}), *OTHERS[1:]],
    ],
    ids=["a part", "an error", "nothing"],
)
def test_figures_that_are_not_all_there_are_no_evidence(answering, page):
    """What lacks could be the failures."""
    with pytest.raises(OpsError, match="only a part of canary_"):
        answering(page).series(SIDES)


@pytest.mark.parametrize("minutes", [0, -3])
def test_of_no_time_at_all_there_are_no_figures(answering, minutes):
    """CloudWatch refuses to be asked for it."""
    window = answering()
    empty = Window(window.cloudwatch, NOON, NOON + minutes * MINUTE)

    assert 0 == empty.minutes
    assert {"requests": {}, "errors": {}} == empty.series(SIDES)["canary"]


def test_latencies_are_of_whole_periods_and_in_seconds(answering):
    """Whatever unit they are counted in; one without a percentile is none, nor one that is cut off."""
    names = ("count", "p50", "p99")
    window = answering(
        [
            part("canary_count", {0: 50.0, 3: 60.0, 6: 70.0, 9: 80.0}),
            part("canary_p50", {0: 10.0, 6: 30.0, 9: 40.0}),
            part("canary_p99", {0: 20.0, 3: 30.0, 6: 50.0, 9: 60.0}),
        ]
    )
    metrics = {"canary": {name: Metric("Mine", "SendDuration", name, {}) for name in names}}

    found = window.latencies(metrics, timedelta(minutes=3), 0.001)

    assert [Latency(NOON, 50, 0.01, 0.02), Latency(NOON + 6 * MINUTE, 70, 0.03, 0.05)] == found["canary"]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([False, False, False], 0),
        ([True, True, False], 0),
        ([False, True, True], 2),
        ([True, False, True], 1),
        ([True, None, True], 1),
        ([True, True, None], 2),
        ([], 0),
    ],
    ids=str,
)
def test_the_newest_minutes_in_a_row_are_counted(minutes, expected):
    """One of which nothing is known ends them."""
    known = {NOON + number * MINUTE: one for number, one in enumerate(minutes) if one is not None}

    assert expected == newest_in_a_row(known)
