from types import SimpleNamespace

import pytest

from stage.errors import StageError
from stage.steady import wait_until_steady


def service(running, state="IN_PROGRESS", event="(service api) has started 1 tasks"):
    """A service of two tasks as ECS describes it."""
    return {
        "serviceName": "api",
        "runningCount": running,
        "desiredCount": 2,
        "events": [{"message": event}],
        "deployments": [{"rolloutState": state}],
    }


@pytest.fixture
def ecs(monkeypatch):
    """Makes an ECS that describes its one service in these ways, the last one for ever; nobody waits."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)

    def made(*described):
        answers = list(described)

        def describe_services(**_):
            return {"services": [answers.pop(0) if len(answers) > 1 else answers[0]]}

        return SimpleNamespace(
            list_services=lambda **_: {"serviceArns": ["api"]},
            describe_services=describe_services,
            list_tasks=lambda **_: {"taskArns": []},
        )

    return made


def test_what_is_still_missing_is_told_when_it_changes(ecs):
    """A wait of minutes on a slow machine shows that something comes of it."""
    said = []

    wait_until_steady(
        ecs(service(0), service(0), service(1), service(2, "COMPLETED")), "main", 1000.0, said.append
    )

    assert ["api runs 0 of 2 tasks", "api runs 1 of 2 tasks"] == said


def test_a_service_that_does_not_become_steady_is_told_with_its_newest_event(ecs):
    """The message has the budget, the service and the event."""
    with pytest.raises(StageError, match=r"after 0 s: api runs 1 of 2 tasks \(\(service api\) has"):
        wait_until_steady(ecs(service(1)), "main", 0.0, lambda _: None)
