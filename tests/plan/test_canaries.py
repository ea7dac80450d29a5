"""Release candidates beside the stable services: what they share with them, and what is their own."""

import pytest

SERVICES = ["notification-api", "email-sender"]
INGRESS = "aws_vpc_security_group_ingress_rule"


@pytest.fixture
def canary(cells):
    """A plan with a canary of both services."""
    return cells("staging-service_connect-canary")


def repository_and_tag(plan, service):
    """What a service's image is called."""
    return plan.container(service).definition["image"].rsplit(":", 1)


@pytest.mark.parametrize("service", SERVICES)
def test_a_canary_runs_another_image_of_its_service(canary, service):
    """Of the same repository, under the candidate's tag."""
    (stable, before), (candidate, tag) = (
        repository_and_tag(canary, name) for name in (service, f"{service}-canary")
    )

    assert stable == candidate
    assert ("0.1.0", "0.2.0") == (before, tag)


@pytest.mark.parametrize("service", SERVICES)
def test_a_canary_is_told_what_its_service_is_told(canary, service):
    """A difference between the two is the image's, but for the release that the sender's mails count for."""
    stable, candidate = (canary.container(name).environment for name in (service, f"{service}-canary"))
    releases = stable.pop("RELEASE", None), candidate.pop("RELEASE", None)

    assert stable == candidate
    assert (("stable", "canary") if service == "email-sender" else (None, None)) == releases


@pytest.mark.parametrize("service", SERVICES)
def test_a_canary_may_do_what_its_service_may_do(canary, service):
    """No more, and what it may not is no fault of the release."""
    stable, candidate = (
        {one.sid: (one.actions, one.resources) for one in canary.policies_of(f"{canary_name}-task")}
        for canary_name in (f"notifications-staging-{service}", f"notifications-staging-{service}-canary")
    )

    assert stable
    assert stable == candidate


@pytest.mark.parametrize(("cell", "tasks"), [("staging-service_connect-canary", 1), ("edges", None)])
def test_the_senders_canary_has_as_many_tasks_as_are_declared(cells, cell, tasks):
    """Its share of the mails is its share of the tasks, so that no load changes them."""
    plan = cells(cell)
    if tasks is None:
        assert "email-sender-canary" not in plan.service_names
        return
    target = plan.service("email-sender-canary").target
    assert (tasks, tasks) == (target["min_capacity"], target["max_capacity"])


@pytest.mark.parametrize(("weight", "tasks"), [(0, 1), (10, 1), (50, 2), (100, 2)])
def test_the_apis_canary_has_as_many_tasks_for_each_request_as_the_stable_service(cells, weight, tasks):
    """Two of these at the least: compared under twice their load, it would look slow."""
    suffix = "" if weight == 10 else f"-{weight}"
    plan = cells(f"staging-service_connect-canary{suffix}")

    stable, canary = (plan.service(name) for name in ("notification-api", "notification-api-canary"))
    assert 2 == stable.target["min_capacity"]
    assert (tasks, stable.target["max_capacity"]) == (
        canary.target["min_capacity"],
        canary.target["max_capacity"],
    )


def test_nobody_calls_the_senders_canary(canary):
    """What became of a mail is in the ledger, and the stable service tells it."""
    groups = {
        source for address in canary.all(INGRESS) for source in canary.sources(address, "security_group_id")
    }

    assert not {one for one in groups if "email_sender_canary" in one}


@pytest.mark.parametrize("out", [True, False])
def test_outputs_say_what_is_out(cells, canary, out):
    """Whoever releases reads from them where a release stands, and keeps no record beside them."""
    plan = canary if out else cells("staging-service_connect")
    said = plan.outputs["canary"]

    assert "0.1.0" == plan.outputs["image_tag"]
    assert (
        ("0.2.0", 10, 1)
        if out
        else (None, 0, 0)
        == (
            said["image_tag"],
            said["weight"],
            said["sender_tasks"],
        )
    )
    assert (["notifications-staging-email-sender-canary-send-failure-rate"]) == said["sender_alarms"]
    assert ("email-sender-canary" if out else None) == said["sender_service_name"]
