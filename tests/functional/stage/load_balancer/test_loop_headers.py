"""Headers that a target gets, through a real Envoy."""

import http.client
import re
import time

import pytest

from tests.waiting import SOON, eventually

A = "10.20.1.11"
ID = r"1-[0-9a-f]{8}-[0-9a-f]{24}"
ROOT = "Root=1-67891233-abcdef012345678912345678"


@pytest.fixture
def received(rig):
    """Sends a request with some headers, and gives those that its target got."""
    group = rig.declared.service()
    task = rig.task(A)
    rig.declared.register(group, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    host, _, port = balancer.url.removeprefix("http://").partition(":")

    def ask(*headers):
        connection = http.client.HTTPConnection(host, int(port), timeout=SOON)
        try:
            connection.putrequest("GET", "/")
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            connection.getresponse().read()
        finally:
            connection.close()
        return task.headers

    return ask


@pytest.mark.parametrize(
    ("given", "forwarded"),
    [
        (None, f"Root={ID}"),
        (ROOT, f"Self={ID};{ROOT}"),
        (f"{ROOT};CalledFrom=app", f"Self={ID};{ROOT};CalledFrom=app"),
        (f"Self=1-0-0;{ROOT}", f"Self={ID};{ROOT}"),
        (f"{ROOT};Parent=53995c3f42cd8ad8;Sampled=1", f"Self={ID};{ROOT};Parent=53995c3f42cd8ad8;Sampled=1"),
        ("CalledFrom=app", f"Root={ID};CalledFrom=app"),
    ],
    ids=["none", "a root", "a field of one's own", "a balancer's before", "of X-Ray", "no root"],
)
def test_a_request_is_traced(received, given, forwarded):
    """Its root is kept, or it gets one; what this load balancer adds is its own."""
    headers = received(*([("X-Amzn-Trace-Id", given)] if given else []))

    (found,) = headers.get_all("X-Amzn-Trace-Id")
    assert re.fullmatch(forwarded, found), found


def test_each_request_has_an_id_of_its_own_and_of_its_time(received):
    """Its middle part are seconds since 1970, in hexadecimal."""
    # The kernel's clock of seconds turns up to a tick later than its finer one.
    begun = int(time.time()) - 1
    found = [received()["X-Amzn-Trace-Id"] for _ in range(50)]

    assert 50 == len(set(found))
    assert all(begun <= int(one.split("-")[1], 16) <= time.time() for one in found)


def test_invalid_header_names_are_dropped_where_that_is_declared(rig, received):
    """Anything but letters, digits and hyphens; by default they are passed on."""
    sent = [("X-Good-1", "1"), ("X_Underscore", "2"), ("x.dot", "3"), ("x!mark", "4")]
    names = [name for name, _ in sent]

    def passed():
        headers = received(*sent)
        return [name for name in names if headers[name] is not None]

    before = passed()
    arn = rig.declared.elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    rig.declared.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn,
        Attributes=[{"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}],
    )

    assert names == before
    eventually(lambda: passed() == ["X-Good-1"])
