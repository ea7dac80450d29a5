"""Releases: one that fails, and a canary that comes and goes."""

import pytest

CANARY = "module.notification_api_canary[0].aws_ecs_service.this"
RULE = "module.load_balancer.aws_lb_listener_rule.canary[0]"
SENDER = "module.email_sender.aws_ecs_service.this"
API = "module.notification_api.aws_ecs_service.this"


@pytest.mark.parametrize("applied", ["staging"], indirect=True)
def test_a_release_that_was_rolled_back_fails_the_apply(applied, rolled_back):
    """A service that is steady again with the release before is no success; the error names it."""
    assert "ECS has rolled email-sender back to arn:aws:ecs:" in rolled_back.error
    assert "Its events and its stopped tasks say why." in rolled_back.error


@pytest.mark.parametrize("applied", ["staging"], indirect=True)
def test_the_release_before_goes_on_running(applied, rolled_back):
    """What was rolled back runs the image from before, and what comes after it was not touched."""
    before = dict.fromkeys(("email-sender", "notification-api"), "0.1.0")

    assert before == {service: image.rpartition(":")[2] for service, image in rolled_back.running.items()}


@pytest.mark.parametrize("applied", ["staging"], indirect=True)
def test_the_next_plan_says_that_it_ships_the_bad_release(applied, rolled_back):
    """Nobody ships it again without being told."""
    assert SENDER in rolled_back.plan


@pytest.mark.parametrize("applied", ["staging"], indirect=True)
def test_a_bad_release_can_be_taken_back(applied, rolled_back):
    """An apply with the tag from before ends well and leaves nothing to do."""
    assert [] == rolled_back.taken_back


@pytest.mark.parametrize("applied", ["app_mesh"], indirect=True)
def test_a_canary_gets_requests_once_its_tasks_run(applied):
    """Its share of the requests would meet no task before."""
    assert applied.steps.index(f"create ends {CANARY}") < applied.steps.index(f"create begins {RULE}")


@pytest.mark.parametrize("applied", ["none"], indirect=True)
def test_a_canary_gets_no_request_any_more_when_its_tasks_go(applied):
    """The listener forgets it first."""
    assert applied.steps.index(f"delete ends {RULE}") < applied.steps.index(f"delete begins {CANARY}")


@pytest.mark.parametrize(
    ("applied", "action"),
    [("service_connect", "create"), ("app_mesh", "update"), ("none", "update"), ("staging", "update")],
    indirect=["applied"],
)
def test_callers_come_after_whom_they_call(applied, action):
    """A proxy of Service Connect knows only what was there when its task's deployment began."""
    assert applied.steps.index(f"{action} ends {SENDER}") < applied.steps.index(f"{action} begins {API}")
