import pytest

from stage.errors import StageError
from stage.steady import require_hope, wait_until_steady
from tests.unit.in_pages import InPages, page

STEADY = "(service api) has reached a steady state."


def service(running, state="IN_PROGRESS", event="(service api) has started 1 tasks", told_at=1, older=0):
    """A service of two tasks as ECS describes it, whose newest deployment was made at 1."""
    return {
        "serviceName": "api",
        "runningCount": running,
        "desiredCount": 2,
        "events": [{"message": event, "createdAt": told_at}],
        "deployments": [{"rolloutState": state, "createdAt": 1}, *[{}] * older],
    }


@pytest.fixture
def ecs(monkeypatch):
    """Makes an ECS that describes its one service in these ways, the last one for ever; nobody waits."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)

    def made(*described):
        answers = list(described)

        def describe_services(**_):
            return {"services": [answers.pop(0) if len(answers) > 1 else answers[0]]}

        fake = InPages()
        fake.list_services = lambda **_: {"serviceArns": ["api"]}
        fake.describe_services = describe_services
        fake.list_tasks = lambda **_: {"taskArns": []}
        return fake

    return made


def test_what_is_still_missing_is_told_when_it_changes(ecs):
    """A wait of minutes on a slow machine shows that something comes of it."""
    said = []

    wait_until_steady(
        ecs(service(0), service(0), service(1), service(2, "COMPLETED")), "main", 1000.0, said.append
    )

    assert ["api runs 0 of 2 tasks", "api runs 1 of 2 tasks"] == said


def test_a_deployment_that_alarms_still_watch_is_steady(ecs):
    """Its tasks serve; that it is not completed for minutes is for whoever deploys the next one."""
    wait_until_steady(ecs(service(2, event=STEADY)), "main", 0.0, lambda _: None)


@pytest.mark.parametrize(
    "described",
    [
        service(1, event=STEADY),
        service(2, event=STEADY, told_at=0),
        service(2, event=STEADY, older=1),
        service(2, "FAILED", event=STEADY),
        service(2),
    ],
)
def test_what_looks_like_it_is_not_steady(ecs, described):
    """A task has ended since, the event or a task is of an older deployment, or tasks are not yet healthy."""
    with pytest.raises(StageError, match="not steady"):
        wait_until_steady(ecs(described), "main", 0.0, lambda _: None)


def test_a_service_that_does_not_become_steady_is_told_with_its_newest_event(ecs):
    """The message has the budget, the service and the event."""
    with pytest.raises(StageError, match=r"after 0 s: api runs 1 of 2 tasks \(\(service api\) has"):
        wait_until_steady(ecs(service(1)), "main", 0.0, lambda _: None)


class Ecs(InPages):
    """One service in a state, and a task of it that stopped."""

    def __init__(self, state):
        self._state = state

    def list_services(self, **_request):
        return {"serviceArns": ["arn"]}

    def describe_services(self, **_request):
        service = {
            "serviceName": "api",
            "runningCount": 0,
            "desiredCount": 2,
            "events": [{"message": "(service api) gives up", "createdAt": 2}],
            "deployments": [{"rolloutState": self._state, "createdAt": 1}],
        }
        return {"services": [service]}

    def list_tasks(self, **_request):
        return {"taskArns": ["task"]}

    def describe_tasks(self, **_request):
        return {"tasks": [{"stoppedAt": 1, "stoppedReason": "no keys"}]}


ALLOWED = 5.0
WHY = r"api runs 0 of 2 tasks \(\(service api\) gives up\); the last task stopped with: no keys"


@pytest.mark.parametrize(("state", "waited"), [("IN_PROGRESS", 4.0), ("COMPLETED", 4.0), ("COMPLETED", 6.0)])
def test_a_wait_goes_on_while_there_is_hope(state, waited):
    """Whoever is steady is not given up, however long Terraform takes to notice."""
    require_hope(Ecs(state), "small", waited, budget_seconds=ALLOWED)


def test_a_wait_ends_with_its_time():
    """The error names service and reason."""
    with pytest.raises(StageError, match=f"not steady after 5 s: {WHY}"):
        require_hope(Ecs("IN_PROGRESS"), "small", 5.0, budget_seconds=ALLOWED)


def test_a_wait_ends_when_ecs_gives_up():
    """A first deployment that failed is not tried again."""
    with pytest.raises(StageError, match=f"a deployment failed: {WHY}"):
        require_hope(Ecs("FAILED"), "small", 1.0, budget_seconds=ALLOWED)


class Many(InPages):
    """25 services, the last of which is not steady, and 120 tasks, the last of which stopped last."""

    def list_services(self, *, cluster, nextToken=None):  # noqa: N803 - the API's name
        return page("serviceArns", [f"{cluster}/{number}" for number in range(25)], nextToken, 10)

    def describe_services(self, *, cluster, services):
        assert 0 < len(services) <= 10
        return {
            "services": [
                service(1, "IN_PROGRESS" if arn == f"{cluster}/24" else "COMPLETED") for arn in services
            ]
        }

    def list_tasks(self, *, cluster, desiredStatus, nextToken=None):  # noqa: N803 - the API's names
        assert "STOPPED" == desiredStatus
        return page("taskArns", [f"{cluster}/{number}" for number in range(120)], nextToken, 100)

    def describe_tasks(self, *, cluster, tasks):
        assert 0 < len(tasks) <= 100
        return {
            "tasks": [
                {"stoppedAt": int(arn.removeprefix(f"{cluster}/")), "stoppedReason": f"reason of {arn}"}
                for arn in tasks
            ]
        }


def test_what_is_beyond_a_page_is_seen():
    """The service that is not steady is the 25th, and the task that stopped last the 120th."""
    with pytest.raises(
        StageError, match=r"runs 1 of 2 tasks .*; the last task stopped with: reason of c/119$"
    ):
        wait_until_steady(Many(), "c", 0.0, lambda _: None)
