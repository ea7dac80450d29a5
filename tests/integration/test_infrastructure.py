"""What Terraform created, against what the task definitions name."""

import pytest

from tests.integration.system import API, SENDER

_NAMED = (
    "QUEUE_NAME",
    "PRIORITY_QUEUE_NAME",
    "DEAD_LETTER_QUEUE_NAME",
    "LEDGER_TABLE",
    "SMTP_SECRET",
    "API_KEYS_SECRET",
)


def test_a_second_plan_is_empty(system):
    """LocalStack and DynamoDB keep everything that the modules declare."""
    assert [] == system.applied.terraform.plan_changes()


@pytest.mark.parametrize("service", [API, SENDER])
def test_a_task_finds_what_its_definition_names(system, service):
    """Every queue, table and secret in a task's environment is one that was created."""
    environment = system.declared.container(service).environment
    named = {name: value for name, value in environment.items() if name in _NAMED}

    assert named
    assert {name: system.applied.names[name] for name in named} == named


@pytest.mark.parametrize("service", [API, SENDER])
def test_a_task_gets_the_parameters_that_were_created(system, service):
    """The ARNs that ECS would read are those of the parameters that exist."""
    assert system.applied.parameters[service] == system.declared.container(service).secrets


def test_dead_letters_come_from_both_queues(system):
    """The redrive policies that SQS itself holds lead to the dead-letter queue."""
    for variable in ("QUEUE_NAME", "PRIORITY_QUEUE_NAME"):
        attributes = system.aws("sqs").get_queue_attributes(
            QueueUrl=system.queue_url(variable), AttributeNames=["RedrivePolicy"]
        )["Attributes"]
        assert system.applied.names["DEAD_LETTER_QUEUE_NAME"] in attributes["RedrivePolicy"]
