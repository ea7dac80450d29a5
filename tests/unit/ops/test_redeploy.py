import subprocess

import pytest

from ops import redeploy as module
from ops.redeploy import RedeployError, applied, main, redeploy
from tests.unit.in_pages import InPages, page


class Ecs(InPages):
    """As much of ECS as a deployment needs: a forced one ends as it is told."""

    def __init__(self, ends="COMPLETED", **states):
        self.states = states
        self.forced = []
        self.stopped = 1
        self._ends = ends

    def list_services(self, cluster, nextToken=None):  # noqa: N803 - as boto3 has it
        arns = [f"arn:aws:ecs:::service/{cluster}/{name}" for name in self.states]
        return page("serviceArns", arns, nextToken, 1)

    def update_service(self, cluster, service, forceNewDeployment):  # noqa: N803 - as boto3 has it
        self.forced.append((cluster, service, forceNewDeployment))
        self.states[service] = self._ends

    def describe_services(self, services, **_request):
        assert len(services) <= 10
        return {"services": [self._service(one.rpartition("/")[2]) for one in services]}

    def list_tasks(self, nextToken=None, **_request):  # noqa: N803 - as boto3 has it
        return page("taskArns", [str(number) for number in range(self.stopped)], nextToken, 100)

    def describe_tasks(self, tasks, **_request):
        assert 0 < len(tasks) <= 100
        last = str(self.stopped - 1)
        return {
            "tasks": [
                {
                    "stoppedAt": 1 + int(one),
                    "stoppedReason": "out of memory" if one == last else "before that",
                }
                for one in tasks
            ]
            + [{"stoppedReason": "unknown"}]
        }

    def _service(self, name):
        deployments = [{"status": "PRIMARY", "rolloutState": self.states[name]}]
        return {
            "serviceName": name,
            "deployments": deployments,
            "events": [{"message": "(service) gives up"}],
        }


def run(ecs, budget=1.0):
    """Whether all went well, and what was said."""
    said = []
    return redeploy(ecs, "c", said.append, poll_seconds=0.0, budget_seconds=budget), said


def test_what_failed_is_deployed_again():
    """A service whose deployment went well is left alone."""
    ecs = Ecs(api="FAILED", sender="COMPLETED")

    assert (True, ["api: deploying again", "api: COMPLETED"]) == run(ecs)
    assert [("c", "api", True)] == ecs.forced


def test_a_reason_beyond_a_page_is_found():
    """Of 120 stopped tasks the one that stopped last is on the second page."""
    ecs = Ecs(ends="FAILED", api="FAILED")
    ecs.stopped = 120

    went_well, said = run(ecs)

    assert not went_well
    assert said[-1].endswith("The last task stopped with: out of memory")


def test_a_deployment_that_fails_again_says_why():
    """The newest event, and what the last task stopped with."""
    done, said = run(Ecs(ends="FAILED", api="FAILED"))

    assert not done
    assert "api: FAILED (service) gives up The last task stopped with: out of memory" == said[-1]


def test_a_deployment_that_takes_too_long():
    """The wait ends, and says how far it is."""
    done, said = run(Ecs(ends="IN_PROGRESS", api="FAILED"), budget=0.0)

    assert not done
    assert said[-1].startswith("api: IN_PROGRESS (service)")


def test_without_a_failure_nothing_is_done():
    """Nobody's tasks are replaced for nothing."""
    ecs = Ecs(api="COMPLETED", sender="IN_PROGRESS")

    assert (True, ["No deployment has failed: nothing to do."]) == run(ecs)
    assert [] == ecs.forced


def test_many_services_are_read_in_tens():
    """ECS describes ten at a time."""
    done, _ = run(Ecs(**{f"s{number}": "FAILED" for number in range(11)}))

    assert done


def test_a_cluster_without_services():
    """Whoever asks too early is told what makes them."""
    with pytest.raises(RedeployError, match="cluster c has no service: terraform apply makes them"):
        run(Ecs())


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (FileNotFoundError("terraform"), "terraform is not on PATH: install"),
        (
            subprocess.CalledProcessError(1, "terraform", stderr="Error:\n no backend"),
            "terraform output fails in",
        ),
        ("{}", "nothing is applied in"),
        ("", "nothing is applied in"),
    ],
    ids=["missing", "failing", "empty", "silent"],
)
def test_what_terraform_cannot_tell(monkeypatch, capsys, answer, told):
    """One line says what to do, and the exit code is not that of a failed deployment."""

    def answers(*_arguments, **_options):
        if isinstance(answer, Exception):
            raise answer
        return subprocess.CompletedProcess([], 0, answer)

    monkeypatch.setattr(module.subprocess, "run", answers)

    assert 2 == main()
    assert told in capsys.readouterr().err


def test_the_system_is_the_one_that_was_applied(monkeypatch):
    """Region and cluster are outputs."""
    text = '{"aws_region": {"value": "eu-central-1"}, "cluster_name": {"value": "notifications-staging"}}'
    monkeypatch.setattr(module.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, text))

    assert ("eu-central-1", "notifications-staging") == applied()


@pytest.mark.parametrize(("state", "code"), [("COMPLETED", 0), ("FAILED", 1)])
def test_the_exit_code_is_the_deployments(monkeypatch, state, code):
    """A script can go by it."""

    class Session:
        def __init__(self, region_name):
            assert "eu-central-1" == region_name

        def client(self, _service):
            return Ecs(ends=state, api="FAILED")

    monkeypatch.setattr(module, "applied", lambda: ("eu-central-1", "c"))
    monkeypatch.setattr(module.boto3, "Session", Session)

    assert code == main()
