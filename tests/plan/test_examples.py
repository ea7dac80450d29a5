"""What a reader copies works as it stands."""

import re

from tests.plan.hcl import read_module
from tests.plan.offline import ROOT_MODULE
from tests.plan.view import only

FOLDER = ROOT_MODULE / "examples" / "minimal"
README = (ROOT_MODULE / "README.md").read_text()


def test_the_example_takes_no_more_than_it_must():
    """Nothing that could be guessed, and nobody who was not named."""
    variables = read_module(FOLDER).variables
    assert {
        "allowed_cidr_blocks",
        "aws_account_id",
        "aws_region",
        "certificate_arn",
        "domain_name",
        "image_tag",
    } == set(variables)
    assert [] == [name for name, body in variables.items() if "default" in body]


def test_the_example_runs_a_service_behind_https(minimal):
    """Two tasks, scaled by CPU, reached through the load balancer by HTTPS."""
    assert 2 == only(list(minimal.all("aws_ecs_service").values()))["desired_count"]
    assert minimal.sources("module.web.aws_ecs_service.this", "cluster")
    listeners = minimal.all("aws_lb_listener").values()
    assert {"HTTP", "HTTPS"} == {one["protocol"] for one in listeners}
    target = only(list(minimal.all("aws_appautoscaling_target").values()))
    assert (2, 4) == (target["min_capacity"], target["max_capacity"])


def test_the_example_takes_bad_releases_back(minimal):
    """Its one alarm watches errors of the target group that the service is in."""
    alarm = minimal.one("aws_cloudwatch_metric_alarm", metric_name="HTTPCode_Target_5XX_Count")
    service = only(list(minimal.all("aws_ecs_service").values()))
    assert only(service["alarms"]) == {
        "alarm_names": [alarm["alarm_name"]],
        "enable": True,
        "rollback": True,
    }
    assert ("Sum", 5, 2) == (alarm["statistic"], alarm["threshold"], alarm["evaluation_periods"])


def test_the_example_says_where_it_answers(minimal):
    """And where its image goes."""
    repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/hello/web"
    assert minimal.outputs["repository_url"] == repository
    assert {"dns_name", "repository_url", "url"} == set(minimal.outputs)
    assert "https://hello.example.com" == minimal.outputs["url"]
    assert minimal.sources("module.web.aws_ecs_task_definition.this", "container_definitions")


def test_the_readmes_variable_file_is_complete():
    """It sets every variable that has no default, so that it applies as it stands."""
    block = re.search(r"# my\.tfvars\n(.*?)```", README, re.DOTALL)[1]
    given = set(re.findall(r"^ {3}(\w+) +=", block, re.MULTILINE))
    required = {name for name, body in read_module(ROOT_MODULE).variables.items() if "default" not in body}
    assert required <= given <= set(read_module(ROOT_MODULE).variables)
