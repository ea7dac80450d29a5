"""A third service is an entry and a module call: CONTRIBUTING.md's recipe, planned as it is written."""

import re
import textwrap

import pytest

from tests.plan.offline import HERE, ROOT_MODULE
from tests.plan.view import Plan, only

NAME = "receipts"
ENTRIES = "  services = {\n"


@pytest.fixture(scope="module")
def third(offline) -> Plan:
    """Staging with the recipe's entry and the call that the recipe links to."""
    recipe = (HERE.parents[1] / "CONTRIBUTING.md").read_text().split("## A third service\n")[1]
    [entry] = re.findall(r"```hcl\n(.*?)```", recipe.split("\n## ")[0], re.DOTALL)
    services = (ROOT_MODULE / "services.tf").read_text()
    assert 1 == services.count(ENTRIES)
    files = {
        "services.tf": services.replace(ENTRIES, ENTRIES + textwrap.indent(textwrap.dedent(entry), "    ")),
        f"{NAME}.tf": (HERE / "third_service" / f"{NAME}.tf").read_text(),
    }
    return Plan(offline.staging_with("third-service", files), offline.module.with_name("third-service"))


@pytest.mark.parametrize(
    "address",
    [
        f'module.registry.aws_ecr_repository.this["{NAME}"]',
        f'module.secrets.aws_ssm_parameter.this["{NAME}/LOG_LEVEL"]',
        f'module.discovery.aws_service_discovery_service.this["{NAME}"]',
        f'module.monitoring.aws_cloudwatch_metric_alarm.cpu["{NAME}"]',
        f'module.monitoring.aws_cloudwatch_metric_alarm.running_tasks["{NAME}"]',
    ],
)
def test_the_entry_is_read_by_each_module(third, address):
    """Repository, parameters, name and alarms come of it, in none of these modules a line."""
    assert address in _planned(third)


def test_it_is_in_the_mesh(third):
    """Its tasks have a proxy that finds the others."""
    connect = only(third.service(NAME).service["service_connect_configuration"])
    assert connect["enabled"] is True
    namespace = "module.mesh.aws_service_discovery_http_namespace.service_connect"
    path = ("service_connect_configuration", "namespace")
    assert namespace in third.sources(f"module.{NAME}.aws_ecs_service.this", *path)


def test_a_release_of_it_is_undone_for_tasks_that_do_not_stay(third):
    """It has no measure of its own until somebody gives it one."""
    alarms = only(third.service(NAME).service["alarms"])
    assert [f"notifications-staging-{NAME}-running-tasks"] == alarms["alarm_names"]


def test_nothing_else_changes(third, staging):
    """Neither the other services nor what they stand on."""
    before, after = _planned(staging), _planned(third)
    assert set() == {address for address in after.keys() - before.keys() if NAME not in address}
    assert {} == {address: one for address, one in before.items() if one != after.get(address)}


def _planned(plan):
    return {change["address"]: change["change"]["after"] for change in plan.changes}
