"""A canary, watched through AWS's answers."""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from tests.unit.in_pages import InPages, page
from tests.waiting import eventually
from verify.canary import CanaryWatch

STABLE, CANARY = "targetgroup/stable", "targetgroup/canary"


class Aws(InPages):
    """One load balancer with two listeners, and the tasks of a canary."""

    def __init__(self):
        self.weights = {"http": 0, "https": 0}
        self.tasks = None
        self.failing = False

    def describe_target_groups(self, **asked):
        """Behind one load balancer."""
        assert {"TargetGroupArns": [CANARY]} == asked
        return {"TargetGroups": [{"LoadBalancerArns": ["balancer"]}]}

    def describe_listeners(self, **_):
        """Two."""
        return {"Listeners": [{"ListenerArn": name} for name in self.weights]}

    def describe_rules(self, *, ListenerArn, **_):  # noqa: N803 - boto3's name
        """The canary's rule, and the one by default, which gives it nothing."""
        if self.failing:
            raise ClientError({"Error": {"Code": "Throttling"}}, "DescribeRules")
        weights = [self.weights[ListenerArn], 0]
        return {"Rules": [{"Actions": [forward(weight)]} for weight in weights]}

    def list_tasks(self, *, cluster, serviceName, nextToken=None, **_):  # noqa: N803 - boto3's names
        """Those of the canary, if it is there."""
        assert ("cluster", "notification-api-canary") == (cluster, serviceName)
        if self.tasks is None:
            raise ClientError({"Error": {"Code": "ServiceNotFoundException"}}, "ListTasks")
        return page("taskArns", self.tasks, nextToken, 100)


def forward(weight):
    """An action that gives the canary this weight."""
    groups = [(STABLE, 100 - weight), (CANARY, weight)]
    return {
        "Type": "forward",
        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": arn, "Weight": each} for arn, each in groups]},
    }


@pytest.fixture
def aws():
    """GIVEN no canary."""
    return Aws()


@pytest.fixture
def watch(aws):
    """What is watched."""
    target = SimpleNamespace(
        ecs=aws,
        elbv2=aws,
        cluster="cluster",
        api_service="notification-api",
        canary_target_group=CANARY,
        addresses_of=lambda service: [("127.7.0.9", 8080)] if service == "notification-api-canary" else [],
    )
    with CanaryWatch(target) as watching:
        yield watching


def test_without_a_canary_there_is_no_weight_and_no_task(watch):
    """The first sample is there at once."""
    (first, *_) = watch.samples()

    assert (0, ()) == (first.weight, first.tasks)
    assert first.asked_at <= first.at


def test_weight_and_tasks_are_what_aws_says(watch, aws):
    """By whichever listener gives it any."""
    aws.weights["https"] = 25
    aws.tasks = ["task/b", "task/a"]

    sample = watch.sample()

    assert (25, ("task/a", "task/b"), ("127.7.0.9:8080",)) == (
        sample.weight,
        sample.tasks,
        sample.addresses,
    )


def test_it_goes_on_in_the_background(watch, aws):
    """Also after an answer that was none."""
    aws.failing = True
    seen = len(watch.samples())
    aws.failing = False
    aws.weights["http"] = 50

    assert eventually(lambda: watch.samples()[-1].weight == 50)
    assert len(watch.samples()) > seen
