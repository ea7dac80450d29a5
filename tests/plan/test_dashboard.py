from itertools import pairwise

import pytest

from tests.plan.cloudwatch import Widget, alarms, body
from tests.plan.published import BY_AWS, by_service, published_by_us

GRID_WIDTH = 24
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
REQUIRED = {
    "text": {"markdown"},
    "alarm": {"title", "alarms"},
    "metric": {"title", "region", "view", "stacked", "period", "metrics"},
}
KNOWN = {
    "text": {"markdown"},
    "alarm": {"title", "alarms"},
    "metric": {"title", "region", "view", "stacked", "period", "metrics", "stat", "yAxis", "annotations"},
}
LINE_OPTIONS = {"label", "stat", "id", "visible", "expression"}
ROWS = [
    ["", "Alarms"],
    ["Requests a minute", "Notifications accepted and mails sent a minute"],
    [
        "Requests that fail, in percent",
        "What requests fail of, a minute",
        "Attempts to send that fail, in percent",
    ],
    ["Answers of the API, in seconds", "Of it, until the queue has confirmed, in milliseconds"],
    [
        "Queue length, in messages",
        "Age of the oldest message, in seconds",
        "Whether the mail provider takes no mails: 1 while a task finds so",
    ],
    [
        "Processing time: sending one mail, in milliseconds",
        "Processing time: from accepted to sent, in milliseconds",
        "Processing time: mails sent within 10 s, in percent",
    ],
    ["Tasks of email-sender", "Tasks of notification-api"],
    ["CPU of email-sender, in percent", "CPU of notification-api, in percent"],
    ["Dead letters, in messages", "What attempts to send ended as, a minute"],
    [
        "What became of mails, a minute",
        "Bounces and complaints of the account, as a part of its mails",
        "What SES says of mails: age of the oldest, in seconds",
        "What SES said and nobody could read, in messages",
    ],
    [
        "Canary against stable: requests a minute",
        "Canary against stable: requests that fail, in percent",
        "Canary against stable: p99, in seconds",
        "Canary against stable: healthy tasks",
    ],
    [
        "Canary against stable: mails sent a minute",
        "Canary against stable: attempts to send that fail, in percent",
        "Canary against stable: sending one mail, p99, in milliseconds",
    ],
]


@pytest.fixture(scope="module")
def widgets(standalone):
    """Every widget, from top to bottom and from left to right."""
    return [Widget(values) for values in body(standalone)["widgets"]]


@pytest.fixture(scope="module")
def titled(widgets):
    """Every widget by its title."""
    return {widget.title: widget for widget in widgets}


@pytest.fixture(scope="module")
def graphs(widgets):
    """The widgets that draw metrics."""
    return [widget for widget in widgets if widget.values["type"] == "metric"]


def test_a_person_reads_from_top_to_bottom(widgets):
    """What to look at, traffic, errors, latency, queue, processing, tasks, CPU, dead letters, canary."""
    rows = sorted({widget.values["y"] for widget in widgets})
    assert ROWS == [[widget.title for widget in widgets if widget.values["y"] == y] for y in rows]


def test_every_row_fills_the_grid(widgets):
    """Widgets stand side by side, one begins where the one before it ends, and no row touches another."""
    rows = sorted({widget.values["y"] for widget in widgets})
    assert len(rows) == len(ROWS)
    for y in rows:
        row = [widget.values for widget in widgets if widget.values["y"] == y]
        edges = [(one["x"], one["x"] + one["width"]) for one in row]
        assert (0, GRID_WIDTH) == (edges[0][0], edges[-1][1])
        assert [left[1] == right[0] for left, right in pairwise(edges)] == [True] * (len(edges) - 1)
    assert {widget.values["height"] for widget in widgets} == {
        below - above for above, below in pairwise(rows)
    }


def test_every_widget_is_as_cloudwatch_wants_it(widgets):
    """The documented keys, whole numbers for places, nothing that CloudWatch would ignore."""
    for widget in widgets:
        kind = widget.values["type"]
        assert {"type", "x", "y", "width", "height", "properties"} == set(widget.values)
        assert set(widget.properties) >= REQUIRED[kind]
        assert set(widget.properties) <= KNOWN[kind]
        assert [0, 0, 0, 0] == [widget.values[edge] % 1 for edge in ("x", "y", "width", "height")]


def test_every_graph_has_a_value_a_minute(graphs):
    """Lines from zero, in the region of the system, at the period that the title speaks of."""
    common = {"region": "eu-central-1", "view": "timeSeries", "stacked": False, "period": 60}
    for graph in graphs:
        assert {name: graph.properties[name] for name in common} == common
        assert {"left": {"min": 0}} == graph.properties["yAxis"]


def test_every_line_says_what_it_is(graphs):
    """Each has a statistic or an expression, its options are CloudWatch's, and no graph is empty."""
    for graph in graphs:
        options = [line[-1] for line in graph.properties["metrics"] if isinstance(line[-1], dict)]
        assert {name for one in options for name in one} <= LINE_OPTIONS
        assert None not in {metric.statistic for metric in graph.metrics}
        assert graph.lines
        assert len(set(graph.lines)) == len(graph.lines)


def test_the_last_three_hours_are_shown_by_the_minute(standalone):
    """A longer view does not turn counts a minute into counts of an hour."""
    assert ("-PT3H", "inherit") == (body(standalone)["start"], body(standalone)["periodOverride"])


def test_every_metric_drawn_is_published(graphs):
    """A line of a metric that is renamed, or has other dimensions, would stay empty."""
    drawn = {metric for graph in graphs for metric in graph.metrics}
    own = {metric for metric in drawn if metric.namespace == "Notifications"}
    assert [] == [metric for metric in own if not published_by_us(metric, "staging")]
    of_aws = [
        ({name for name, _ in metric.dimensions}, BY_AWS[metric.namespace, metric.name])
        for metric in drawn - own
    ]
    assert [] == [names for names, possible in of_aws if names not in possible]
    assert len(own) > 10
    assert len(of_aws) > 10


def test_every_metric_that_an_alarm_reads_is_drawn(standalone, graphs):
    """Whoever is woken by an alarm sees on the dashboard what it saw."""
    drawn = {metric for graph in graphs for metric in graph.metrics}
    read = {metric for alarm in alarms(standalone).values() for metric in alarm.metrics.values()}
    assert set() == read - drawn


def test_every_count_of_the_services_is_drawn(graphs):
    """Nothing is counted that nobody looks at, but what is there for a closer look.

    Which is the size of batches.
    """
    drawn = {metric.name for graph in graphs for metric in graph.metrics}
    counted = by_service("email-sender") | by_service("notification-api")
    assert {"QueueBatchSize"} == counted - drawn


def test_the_headline_says_where_to_look_first(widgets):
    """The composite alarm, and where it is said what to do."""
    headline = widgets[0].properties["markdown"]
    assert headline.startswith("# notifications-staging\n")
    assert "**Look first at notifications-staging-user-impact**" in headline
    assert "[runbook](https://runbook.example/runbook.md)" in headline


def test_every_alarm_is_shown_and_the_worst_first(standalone, titled):
    """User impact, then its causes, then the rest."""
    arns = titled["Alarms"].properties["alarms"]
    prefix = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:notifications-staging-"
    names = [arn.removeprefix(prefix) for arn in arns]
    felt = [
        "error-rate",
        "notification-api-p99-latency",
        "queue-age",
        "priority-queue-age",
        "send-failure-rate",
        "provider-unavailable",
    ]
    assert names[:7] == ["user-impact", *felt]
    assert sorted(names) == sorted({"user-impact", *alarms(standalone)})


@pytest.mark.parametrize(
    "title",
    [
        "Queue length, in messages",
        "Age of the oldest message, in seconds",
        "Processing time: sending one mail, in milliseconds",
        "Processing time: from accepted to sent, in milliseconds",
        "Requests that fail, in percent",
        "Attempts to send that fail, in percent",
    ],
)
def test_each_key_metric_is_drawn_above_what_it_runs_on(titled, title):
    """Queue length, processing times and error rates come before tasks and CPU."""
    assert titled[title].values["y"] < titled["Tasks of notification-api"].values["y"]
