"""Clients of moto, made once, and things to measure."""

from types import SimpleNamespace

import boto3
import pytest

from stage.load_balancer.model import RequestCounts
from stage.tasks.model import RunningTask
from tests.unit.stage.emulated import emulated_aws


@pytest.fixture(scope="session")
def clients():
    """Made once: that takes longer than most tests."""
    session = boto3.Session("test", "test", region_name="eu-west-1")
    names = {"autoscaling": "application-autoscaling", "cloudwatch": "cloudwatch", "ecs": "ecs", "sqs": "sqs"}
    return SimpleNamespace(**{name: session.client(service) for name, service in names.items()})


@pytest.fixture
def aws(clients):
    """An empty account."""
    with emulated_aws():
        yield clients


@pytest.fixture
def running_task():
    """Makes a running task; its process id also tells the meters apart."""

    def make(pid, service="api", *, limited=True, vcpus=0.25, cluster="notifications"):
        return RunningTask(f"arn:task/{pid}", cluster, service, pid, vcpus, f"127.1.1.{pid}", limited)

    return make


@pytest.fixture
def host():
    """A machine whose load a test sets."""
    machine = SimpleNamespace(percent=40.0)
    machine.busy_percent = lambda: machine.percent
    return machine


@pytest.fixture
def load_balancer():
    """A load balancer whose totals a test sets."""
    balancer = SimpleNamespace(counts=RequestCounts(), healthy_hosts=dict)
    balancer.request_counts = lambda: balancer.counts
    return balancer
