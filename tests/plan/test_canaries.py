"""Release candidates beside the stable services: what they share with them, and what is their own."""

import pytest

SERVICES = ["notification-api", "email-sender"]


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


@pytest.mark.parametrize("mesh", ["service_connect", "app_mesh", "none"])
def test_a_canary_takes_nothing_away_that_its_last_tasks_need(cells, mesh):
    """Terraform goes on once they are STOPPING: without rights, ways and logs they would lose their mails."""
    beside, alone = cells(f"staging-{mesh}-canary"), cells(f"staging-{mesh}")
    stays = {change["address"] for change in alone.changes}
    goes = {change["type"] for change in beside.changes if change["address"] not in stays}

    assert {
        "aws_appautoscaling_policy",
        "aws_appautoscaling_target",
        "aws_ecs_service",
        "aws_ecs_task_definition",
        "aws_lb_listener_rule",
    } == goes


@pytest.mark.parametrize("service", SERVICES)
def test_a_canary_has_its_services_roles_group_and_logs(canary, service):
    """It may do what its service may do, and what it may not is no fault of the release."""
    module = service.replace("-", "_")
    task = f"module.{module}_canary.aws_ecs_task_definition.this"
    for kind in ("task", "execution"):
        assert f"module.{module}.aws_iam_role.{kind}" in canary.sources(task, f"{kind}_role_arn")
    groups = canary.sources(
        f"module.{module}_canary.aws_ecs_service.this", "network_configuration", "security_groups"
    )
    assert f"module.{module}.aws_security_group.this" in groups
    stable, candidate = (canary.container(name).logConfiguration for name in (service, f"{service}-canary"))
    assert stable == candidate


def test_a_candidate_takes_each_thing_for_what_it_is(standalone):
    """The application never holds ECS's own permissions, and no candidate those of another service."""
    task = standalone.all("aws_ecs_task_definition")["module.service_candidate.aws_ecs_task_definition.this"]
    assert task["task_role_arn"].endswith(":role/standalone-plain-task")
    assert task["execution_role_arn"].endswith(":role/standalone-plain-execution")

    candidate = standalone.service("plain-candidate")
    assert ["sg-plain"] == candidate.service["network_configuration"][0]["security_groups"]
    assert "/ecs/standalone/plain" == candidate.container.logConfiguration["options"]["awslogs-group"]
    assert "plain" == candidate.container.environment["SERVICE_NAME"]
    module = "module.service_candidate"
    own = [change["type"] for change in standalone.changes if change.get("module_address") == module]
    assert ["aws_ecs_service", "aws_ecs_task_definition"] == sorted(own)


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
    """What became of a mail is in the ledger, and the stable service, whose name alone is asked, tells it."""
    for caller in ("notification-api", "notification-api-canary"):
        asked = canary.container(caller).environment["EMAIL_SENDER_URL"]
        assert "http://email-sender.notifications-staging.internal:8081" == asked


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
