"""Rules as routes."""

import re

import pytest

from stage.load_balancer.envoy_routes import route_configuration
from stage.load_balancer.model import Forward, Listener, Rule


def route(rule):
    """The route of a listener's one rule, after those for what no rule sees."""
    (host,) = route_configuration(Listener(80, (rule,)))["virtual_hosts"]
    return host["routes"][-1]


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/v1/*", "/v1/", True),
        ("/v1/*", "/v1/a/b", True),
        ("/v1/*", "/v1", False),
        ("/v?/x", "/v1/x", True),
        ("/v?/x", "/v12/x", False),
        ("/a.b", "/axb", False),
        ("/a+b", "/a+b", True),
        ("*.png", "/img/x.png", True),
    ],
)
def test_path_patterns_mean_what_they_mean_on_an_alb(pattern, path, matches):
    """Only `*` and `?` are special, and the whole path must match."""
    regex = route(Rule(Forward((("blue", 1),)), paths=(pattern,)))["match"]["safe_regex"]["regex"]
    assert bool(re.fullmatch(regex, path)) == matches


def test_any_of_several_patterns_is_enough():
    """The patterns of one condition are alternatives."""
    regex = route(Rule(Forward((("blue", 1),)), paths=("/a", "/b")))["match"]["safe_regex"]["regex"]
    assert [
        True,
        True,
        False,
        False,
    ] == [bool(re.fullmatch(regex, path)) for path in ("/a", "/b", "/ab", "/c")]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((("blue", 1),), {"route": {"cluster": "blue", "timeout": "0s"}}),
        ((("blue", 5), ("green", 0)), {"route": {"cluster": "blue", "timeout": "0s"}}),
        ((("blue", 0), ("green", 0)), {"direct_response": {"status": 503}}),
        (
            (("blue", 90), ("green", 10)),
            {
                "route": {
                    "weighted_clusters": {
                        "clusters": [{"name": "blue", "weight": 90}, {"name": "green", "weight": 10}]
                    },
                    "timeout": "0s",
                }
            },
        ),
    ],
)
def test_forwarding_never_retries_and_leaves_out_weight_zero(weights, expected):
    """There is no retry policy and no timeout of a route's own."""
    assert route(Rule(Forward(weights))) == {"match": {"prefix": "/"}, **expected}
