import json

import pytest

from tests.integration.log_shipper import metrics_in

LINE = {
    "_aws": {
        "Timestamp": 1_700_000_000_500,
        "CloudWatchMetrics": [
            {
                "Namespace": "Notifications",
                "Dimensions": [["Service"], ["Service", "Provider"]],
                "Metrics": [{"Name": "MailsSent", "Unit": "Count"}, {"Name": "QueueWait"}],
            }
        ],
    },
    "Service": "email-sender",
    "Provider": "smtp",
    "MailsSent": 3,
    "QueueWait": [1.5, 2.5],
}


def test_a_metric_goes_out_once_for_each_set_of_dimensions():
    """As CloudWatch does it, every set is a metric of its own."""
    ((namespace, data),) = metrics_in(json.dumps(LINE))

    assert "Notifications" == namespace
    assert [
        ("MailsSent", ["Service"]),
        ("QueueWait", ["Service"]),
        ("MailsSent", ["Service", "Provider"]),
        ("QueueWait", ["Service", "Provider"]),
    ] == [(one["MetricName"], [each["Name"] for each in one["Dimensions"]]) for one in data]


def test_a_list_is_as_many_values_as_it_has():
    """A number is one value; the time is in seconds."""
    ((_, data),) = metrics_in(json.dumps(LINE))

    assert [[3], [1.5, 2.5]] == [one["Values"] for one in data[:2]]
    assert {1_700_000_000.5} == {one["Timestamp"] for one in data}


@pytest.mark.parametrize("line", ["", "Traceback:", "[1]", '{"event": "serving"}'])
def test_other_lines_have_no_metrics(line):
    """A log line is a log line, whatever is in it."""
    assert [] == list(metrics_in(line))
