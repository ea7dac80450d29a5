"""Each case is a mistake and the sentence that Terraform answers it with.

Terraform names every mistake of a plan at once, so the cases of a round share one plan. Mistakes in
the root module keep the modules below from being looked at: they have rounds of their own.
"""

import re
from typing import NamedTuple

import pytest

from tests.plan.offline import ROOT_MODULE


class Case(NamedTuple):
    """A variable, a wrong value for it, and everything that Terraform says about it."""

    variable: str
    value: object
    messages: list[str]


MAIL = {"provider": "ses", "from": "a@b.example"}
NAME = "name must be 2 to 16 lower-case letters, digits and dashes"
IMAGE_TAG = "image_tag must be a valid image tag other than latest"
CONCURRENCY = "email_sender.concurrency must be a whole number of mails, at least 1."
SEND_TIMEOUT = "email_sender.send_timeout must lie between 1 and 20 seconds"
ZONES = "Name two to six different availability zones"
CALLERS = "allowed_cidr_blocks must name at least one address range"
CPU_TARGET = "cpu_target must lie between 10 and 90 percent"
CPU = "cpu must be 256, 512, 1024, 2048 or 4096 units"
MEMORY = "memory does not go with cpu on Fargate"

ROUNDS = {
    "root": [
        Case("name", "Notifications!", [NAME]),
        Case("environment", "prod", ["environment must be development, staging or production."]),
        Case("aws_region", "Frankfurt", ["aws_region must be a region's code, such as eu-central-1."]),
        Case("aws_account_id", "1234", ["aws_account_id must be 12 digits"]),
        Case("image_tag", "latest", [IMAGE_TAG]),
        Case("log_level", "LOUD", ["log_level must be DEBUG, INFO, WARNING or ERROR."]),
        Case(
            "mail",
            {"provider": "pigeon", "from": "nobody", "smtp_port": 0},
            [
                "mail.provider must be ses or smtp.",
                "mail.from must be an email address.",
                "mail.smtp_port must lie between 1 and 65535.",
            ],
        ),
        Case("email_sender", {"concurrency": 0, "send_timeout": 0}, [CONCURRENCY, SEND_TIMEOUT]),
    ],
    "root again": [
        Case("name", "notifications-everywhere", [NAME]),
        Case("environment", "production", ["certificate_arn is required in production"]),
        Case(
            "availability_zones",
            ["us-east-1a", "us-east-1b"],
            ["availability_zones must all lie in aws_region."],
        ),
        Case("image_tag", "not a tag", [IMAGE_TAG]),
        Case(
            "mail", {**MAIL, "provider": "smtp"}, ["mail.smtp_host is required when mail.provider is smtp."]
        ),
        Case("email_sender", {"concurrency": 1.5, "send_timeout": 21}, [CONCURRENCY, SEND_TIMEOUT]),
    ],
    "modules": [
        Case("vpc_cidr", "10.20.0.0/24", ["The VPC's address range must be a /16"]),
        Case("availability_zones", ["eu-central-1a"], [ZONES]),
        Case("allowed_cidr_blocks", [], [CALLERS]),
        Case("certificate_arn", "my-own", ["certificate_arn must be the ARN of an ACM certificate."]),
        Case("log_retention_days", 31, ["log_retention_days must be a period that CloudWatch Logs offers"]),
        Case(
            "notification_api",
            {"cpu": 256, "memory": 4096, "cpu_target": 91, "min_tasks": 5, "max_tasks": 4},
            [MEMORY, CPU_TARGET, "max_tasks must be at least min_tasks."],
        ),
        Case(
            "email_sender",
            {"cpu": 300, "scale_out_cooldown": 60, "scale_in_cooldown": 59},
            [CPU, "scale_in_cooldown must be at least scale_out_cooldown"],
        ),
    ],
    "modules again": [
        Case("vpc_cidr", "everything/16", ["The VPC's address range must be a /16"]),
        Case("availability_zones", ["eu-central-1a", "eu-central-1a"], [ZONES]),
        Case("allowed_cidr_blocks", ["everybody"], [CALLERS]),
        Case(
            "notification_api",
            {"cpu_target": 9, "min_tasks": 0, "scale_out_cooldown": -1},
            [CPU_TARGET, "min_tasks must be a whole number", "scale_out_cooldown must not be negative."],
        ),
        Case("email_sender", {"cpu": 512, "memory": 512}, [MEMORY]),
    ],
}
BELOW_THE_ROOT = [
    "port must lie between 1024 and 65535",
    "user must be a numeric user and group other than root",
    "stop_timeout must lie between 30 seconds, for requests in flight, and 120",
    "permissions must name actions and resources in full, without wildcards.",
    "The visibility timeout must lie between 1 second and 12 hours.",
    "max_receive_count must lie between 2 and 1000.",
    "dead_letter_retention_days must be more than retention_days, and at most 14.",
    "Keep at least 10 images, so that a release can be rolled back.",
    "health_check_path must begin with a slash.",
]
CASES = [(name, case) for name, cases in ROUNDS.items() for case in cases]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{case.variable}={case.value}" for _, case in CASES])
def test_a_mistake_is_answered_with_what_to_do(offline, name, case):
    """Terraform refuses the value before it creates anything, in words that help."""
    variables = {"aws_account_id": "123456789012"} | {one.variable: one.value for one in ROUNDS[name]}
    answer = offline.refusals(name.replace(" ", "-"), variables)
    assert [message for message in case.messages if message not in answer] == []


@pytest.mark.parametrize("message", BELOW_THE_ROOT)
def test_a_module_defends_itself(offline, message):
    """A module refuses what another root module might give it."""
    assert message in offline.refusals_below_the_root()


def test_every_validation_is_tried():
    """No validation is written without a case that it refuses."""
    tried = [message for _, case in CASES for message in case.messages] + BELOW_THE_ROOT
    text = "".join(path.read_text() for path in ROOT_MODULE.rglob("variables.tf"))
    written = re.findall(r'error_message = "(.*)"', text)
    assert [one for one in written if not any(one.startswith(message) for message in tried)] == []
