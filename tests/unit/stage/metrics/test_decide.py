import pytest

from stage.load_balancer.model import RequestCounts
from stage.metrics.decide import requests_since


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (RequestCounts(), RequestCounts(), {}),
        (RequestCounts("app/x/1", 5), RequestCounts("app/x/1", 5), {}),
        (RequestCounts(), RequestCounts("app/x/1", 5), {"RequestCount": 5}),
        (
            RequestCounts("app/x/1", 5, 1, 1),
            RequestCounts("app/x/1", 9, 3, 2),
            {"RequestCount": 4, "HTTPCode_Target_5XX_Count": 2, "HTTPCode_ELB_5XX_Count": 1},
        ),
    ],
)
def test_only_what_happened_is_counted(before, now, expected):
    """There is a datapoint where there was something to count, with the difference as its value."""
    datapoints = requests_since(before, now)
    assert expected == {datapoint.name: datapoint.value for datapoint in datapoints}
    assert all(datapoint.dimensions == (("LoadBalancer", "app/x/1"),) for datapoint in datapoints)
