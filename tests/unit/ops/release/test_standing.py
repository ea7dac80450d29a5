"""Services that stand, or do not."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from ops.errors import OpsError
from ops.release.standing import Standing
from tests.unit.in_pages import InPages, page
from tests.waiting import eventually

_POLL_SECONDS = 0.001
STABLE, CANARY = "group/stable", "group/canary"


class Aws(InPages):
    """Four services that stand; a test changes what does not.

    Attributes:
        states: Rollout states, by service.
        healthy: Healthy targets, by target group.
        checks: Health of the tasks, by service.
    """

    def __init__(self):
        names = ("notification-api", "notification-api-canary", "email-sender", "email-sender-canary")
        self.states = dict.fromkeys(names, "COMPLETED")
        self.healthy = {STABLE: 2, CANARY: 2}
        self.checks = {name: ["HEALTHY", "HEALTHY"] for name in names}
        self.looks = 0
        self.heals = None

    def list_services(self, *, cluster, nextToken=None, **_):  # noqa: N803 - boto3's names
        """Their ARNs."""
        return page("serviceArns", [f"service/{cluster}/{name}" for name in self.states], nextToken, 100)

    def describe_services(self, *, cluster, services):
        """Two tasks of each are wanted."""
        assert "cluster" == cluster
        if len(services) > 1:
            self.looks += 1
            if self.heals and self.looks > 3:
                self.heals()
        return {
            "services": [
                {
                    "serviceName": name,
                    "desiredCount": 2,
                    "deployments": [
                        {"status": "ACTIVE", "rolloutState": "FAILED"},
                        {"status": "PRIMARY", "rolloutState": self.states[name]},
                    ],
                    "events": [{"message": f"(service {name}) tasks failed to start."}],
                }
                for name in (one.rpartition("/")[2] for one in services)
                if name in self.states
            ]
        }

    def describe_target_health(self, *, TargetGroupArn):  # noqa: N803 - boto3's name
        """As many as are healthy, and one that drains."""
        states = ["healthy"] * self.healthy[TargetGroupArn] + ["draining"]
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": state}} for state in states]}

    def list_tasks(self, *, cluster, serviceName, desiredStatus, nextToken=None, **_):  # noqa: N803 - boto3's names
        """Those that run, or one that has stopped."""
        assert "cluster" == cluster
        count = 1 if desiredStatus == "STOPPED" else len(self.checks[serviceName])
        arns = [f"{desiredStatus}/{serviceName}/{number}" for number in range(count)]
        return page("taskArns", arns, nextToken, 100)

    def describe_tasks(self, *, tasks, **_):
        """With their health."""
        return {"tasks": [self._task(*arn.split("/")) for arn in tasks]}

    def _task(self, status, name, number):
        if status == "STOPPED":
            return {"stoppedAt": 1, "stoppedReason": "Essential container in task exited"}
        return {"lastStatus": "RUNNING", "healthStatus": self.checks[name][int(number)]}


OUTPUTS = {
    "cluster_name": "cluster",
    "notification_api": {"service_name": "notification-api", "target_group_arn": STABLE},
    "email_sender": {"service_name": "email-sender"},
    "canary": {
        "service_name": "notification-api-canary",
        "target_group_arn": CANARY,
        "sender_service_name": "email-sender-canary",
    },
}


@pytest.fixture
def aws():
    """GIVEN four services that stand."""
    return Aws()


@pytest.fixture
def said():
    """What was told."""
    return []


@pytest.fixture
def standing(aws, said):
    """What waits for them."""
    return Standing(SimpleNamespace(client=lambda _: aws), said.append, _POLL_SECONDS, 0.5)


def test_what_stands_is_not_waited_for(standing, aws, said):
    """One look is enough."""
    standing(OUTPUTS)

    assert (1, []) == (aws.looks, said)


WAITS = {
    "a deployment": (
        lambda aws: aws.states.__setitem__("email-sender", "IN_PROGRESS"),
        lambda aws: aws.states.__setitem__("email-sender", "COMPLETED"),
        "email-sender: its deployment is IN_PROGRESS",
    ),
    "a target": (
        lambda aws: aws.healthy.__setitem__(CANARY, 1),
        lambda aws: aws.healthy.__setitem__(CANARY, 2),
        "notification-api-canary: 1 of 2 tasks are healthy",
    ),
    "a container's check": (
        lambda aws: aws.checks.__setitem__("email-sender-canary", ["HEALTHY", "UNKNOWN"]),
        lambda aws: aws.checks.__setitem__("email-sender-canary", ["HEALTHY", "HEALTHY"]),
        "email-sender-canary: 1 of 2 tasks are healthy",
    ),
    "a task": (
        lambda aws: aws.checks.__setitem__("email-sender", []),
        lambda aws: aws.checks.__setitem__("email-sender", ["HEALTHY", "HEALTHY", "UNHEALTHY"]),
        "email-sender: 0 of 2 tasks are healthy",
    ),
}


@pytest.mark.parametrize("what", WAITS)
def test_what_does_not_stand_yet_is_waited_for(standing, aws, said, what):
    """And told."""
    breaks, heals, told = WAITS[what]
    breaks(aws)
    aws.heals = lambda: heals(aws)

    standing(OUTPUTS)

    assert f"waiting for {told}" in said
    assert aws.looks > 3


@pytest.mark.parametrize("what", WAITS)
def test_what_never_stands_is_an_error_in_the_end(standing, aws, what):
    """With what it waited for, and what ECS says of it."""
    WAITS[what][0](aws)

    with pytest.raises(OpsError) as raised:
        standing(OUTPUTS)
    name, _, lacks = WAITS[what][2].partition(": ")
    assert f"{name}: {lacks} still. (service {name}) tasks failed to start." in str(raised.value)
    assert "The last task stopped with: Essential container in task exited" in str(raised.value)


def test_a_failed_deployment_is_not_waited_for(standing, aws):
    """ECS starts no more tasks of it."""
    aws.states["notification-api-canary"] = "FAILED"

    with pytest.raises(OpsError, match=r"notification-api-canary: its deployment FAILED\. .*stopped with"):
        standing(OUTPUTS)
    assert 1 == aws.looks


def test_without_a_canary_the_stable_services_are_looked_at(standing, aws):
    """Those of the canary are not there."""
    del aws.states["notification-api-canary"], aws.states["email-sender-canary"]
    canary = {"service_name": None, "target_group_arn": CANARY, "sender_service_name": None}
    standing(OUTPUTS | {"canary": canary})

    aws.states["email-sender"] = "FAILED"
    with pytest.raises(OpsError, match="email-sender: its deployment FAILED"):
        standing(OUTPUTS | {"canary": canary})


def test_a_service_that_is_gone_is_an_error(standing, aws):
    """Somebody has deleted it."""
    del aws.states["email-sender-canary"]

    with pytest.raises(OpsError, match="there is no service email-sender-canary in cluster: apply first"):
        standing(OUTPUTS)


class TestFailing:
    """Deployments that fail while Terraform waits for them."""

    def test_nothing_is_told_while_none_has_failed(self, standing):
        """Also of one that had before."""
        failing = standing.failing(OUTPUTS)

        assert not eventually_told(failing, lambda: None)

    def test_one_that_failed_before_is_no_news(self, standing, aws):
        """It was so when the apply was begun."""
        aws.states["email-sender"] = "FAILED"
        failing = standing.failing(OUTPUTS)

        assert not eventually_told(failing, lambda: None)

    def test_one_that_fails_meanwhile_is_told_with_the_reason(self, standing, aws):
        """ECS's own words."""
        failing = standing.failing(OUTPUTS)
        told = eventually_told(failing, lambda: aws.states.__setitem__("notification-api-canary", "FAILED"))

        assert told.startswith(
            "notification-api-canary: its deployment FAILED. (service notification-api-canary)"
        )
        assert "Essential container in task exited" in told

    def test_aws_that_does_not_answer_ends_no_apply(self, standing, aws, said, monkeypatch):
        """It is said, and asked again."""
        failing = standing.failing(OUTPUTS)

        def refuse(**_):
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeServices")

        monkeypatch.setattr(aws, "describe_services", refuse)
        assert not eventually_told(failing, lambda: None)
        assert any("could not be looked at" in text for text in said)


def eventually_told(failing, change):
    """What is told after a change, once it was asked for again."""
    change()
    return next((told for told in (slowly(failing) for _ in range(20)) if told), "")


def slowly(failing):
    """Ask once the poll's time is over."""
    asked_at = time.monotonic()
    assert eventually(lambda: time.monotonic() > asked_at + _POLL_SECONDS)
    return failing()
