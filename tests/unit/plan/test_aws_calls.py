"""Calls of AWS, found in code."""

import pytest

from ops.drift.actions import ACTIONS
from tests.plan.aws_calls import Call, calls_in, calls_of, methods, needs_a_name, program
from tests.plan.callers import needed
from tests.selection import ROOT


def found(source):
    """Services and methods that are called in a module."""
    return {(call.services, call.method) for call in calls_in({"m.py": source})}


@pytest.mark.parametrize(
    "source",
    [
        'session.client("ecs").list_tasks(cluster="c")',
        'ecs = session.client("ecs")\nlisted(ecs, "list_tasks", "taskArns")',
        'ecs = session.client("ecs")\necs.get_paginator("list_tasks").paginate()',
        'attempt(session.client("ecs").list_tasks, cluster="c")',
        'CALLS = (("ecs", "list_tasks", "taskArns"),)',
        'CALLS = {"ecs": "list_tasks"}',
        'getattr(session.client("ecs"), "list_tasks")()',
        'client = boto3.client(service_name="ecs")\n\ndef f():\n    return client.list_tasks()',
    ],
)
def test_a_call_is_found_however_it_is_made(source):
    """On a client, through a helper, by a paginator, handed on, from a table."""
    assert {(("ecs",), "list_tasks")} == found(source)


@pytest.mark.parametrize(
    ("source", "method", "operation"),
    [
        ('c("ecs").get_waiter("services_stable").wait()', "services_stable", "DescribeServices"),
        ('c("s3").upload_file("a", "b", "c")', "upload_file", "PutObject"),
        ('c("ec2").describe_vpc_endpoints()', "describe_vpc_endpoints", "DescribeVpcEndpoints"),
    ],
)
def test_what_stands_for_an_operation_is_one(source, method, operation):
    """A waiter asks again and again; boto3 uploads by itself."""
    ((services, called),) = found(source)
    assert (method, operation) == (called, methods(services[0])[called])


@pytest.mark.parametrize(
    "source",
    [
        'aws("logs").list_tasks()',
        'session.client("ecs")\nprint("list of tasks")',
        '"""Calls list_tasks of ecs."""',
        "list_tasks()",
    ],
)
def test_what_no_client_has_is_no_call(source):
    """Words of a sentence, names of our own, methods of another service."""
    assert set() == found(source)


@pytest.mark.parametrize(
    "source",
    [
        'aws("sns")\naws("ecs").list_services()',
        'aws("sns")\nlisted(aws("ecs"), "list_services", "serviceArns")',
        'aws("sns")\ndef f(aws):\n    client = aws("ecs")\n    client.list_services()',
        'aws("sns")\ndef f(aws):\n    topics, client = aws("sns"), aws("ecs")\n    client.list_services()',
        'def f(client):\n    client.list_services()\n\ndef g(aws):\n    c = aws("ecs")\n    f(c)',
        'def f(x, client):\n    client.list_services()\n\ndef g(aws):\n    f(1, client=aws("ecs"))',
        'def f(ecs):\n    listed(ecs, "list_services", "serviceArns")\n\n"ecs"',
        'class A:\n    def f(self):\n        self._ecs.list_services()\n\n"ecs"',
        'ROWS = [("ecs", "list_services", "serviceArns")]',
    ],
)
def test_a_method_of_two_services_belongs_to_its_client(source):
    """The client is followed to where it was made, or is known by its name."""
    assert (("ecs",), "list_services") in found(f'{source}\naws("servicediscovery")')


@pytest.mark.parametrize(
    "source",
    [
        "def f(client):\n    client.list_services()",
        'def f(client):\n    client.list_services()\n\nf(aws("ecs"))\nf(aws("servicediscovery"))',
        'CALLS = {"list_services": "Services"}',
        "client = client\nclient.list_services()",
    ],
)
def test_a_client_that_nobody_can_tell_may_be_any(source):
    """It is then up to whoever wrote it to make it plain."""
    told = found(f'{source}\naws("servicediscovery")\naws("ecs")')
    assert {(("ecs", "servicediscovery"), "list_services")} == told


def test_services_of_one_module_are_clients_of_another():
    """A client is made in one place and handed to the next."""
    sources = {"a.py": 'use(session.client("sqs"))', "b.py": "def use(queue):\n    queue.purge_queue()"}
    assert [Call("b.py:2", "purge_queue", ("sqs",))] == calls_in(sources)


def test_a_program_is_all_that_it_imports():
    """Also inside of functions; whoever imports it does not belong to it."""
    files = {path.relative_to(ROOT).as_posix() for path in program("ops/release/command.py")}
    assert {"ops/release/preflight.py", "ops/bake/metrics.py", "common/pages.py"} < files
    assert not {"ops/__main__.py", "ops/drift/command.py"} & files


def test_what_was_seen_to_be_called_is_found():
    """A check that runs calls nothing else (tests/unit/ops/drift/test_actions.py)."""
    assert set(ACTIONS) == needed("plan")


def test_a_release_is_seen_to_ask_for_metrics():
    """Its bakes belong to it."""
    calls = [one for one in calls_of(program("ops/release/command.py")) if one.method == "get_metric_data"]
    assert {"ops/bake/metrics.py", "ops/release/baking.py"} == {one.place.partition(":")[0] for one in calls}
    assert {("cloudwatch",)} == {one.services for one in calls}


@pytest.mark.parametrize(
    ("service", "operation", "needs"),
    [
        ("ecr", "DescribeRepositories", False),
        ("ecr", "DescribeImages", True),
        ("kms", "ListGrants", True),
        ("sqs", "ListQueues", False),
    ],
)
def test_it_is_known_what_a_call_must_name(service, operation, needs):
    """By AWS's own model of the request."""
    assert needs == needs_a_name(service, operation)
