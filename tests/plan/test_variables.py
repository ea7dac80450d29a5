"""Each case is a mistake and the sentence that Terraform answers it with.

Terraform names every mistake at once, so the cases of a round share one answer. A variable whose rule looks
at another one is only judged where that other is right: such pairs are in different rounds. Rules of the
system's own variables are tried without the rest of it (variables_alone.py), which wrong values never reach.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.plan.offline import ROOT_MODULE
from tests.plan.test_bootstrap_refusals import ROUNDS as OF_AN_ACCOUNT


class Case(NamedTuple):
    """A variable, a wrong value for it, and everything that Terraform says about it."""

    variable: str
    value: object
    messages: list[str]


NAME = "name must be 2 to 13 lower-case letters, digits and dashes"
REGION = "aws_region must be a region's code, such as eu-central-1."
ACCOUNT = "aws_account_id must be 12 digits"
IMAGE_TAG = "image_tag must be a valid image tag other than latest, such as"
DOMAIN = "domain_name must be a name in lower case"
DOMAIN_MISSING = "domain_name is required when listener_mode is https"
ZONE = "hosted_zone_id must be the id of a Route 53 hosted zone"
CIDR = "allowed_cidr_blocks must be IPv4 address ranges"
CIDR_WIDE = "allowed_cidr_blocks must be /8 or smaller with listener_mode plain_http"
# Said while an apply goes on: tests/apply/test_releases.py.
WHILE_APPLYING = ["ECS has rolled "]
RESERVED = "name must not begin with what AWS keeps to itself"
ZONES = "availability_zones must all lie in aws_region: its code with one letter behind it"
CERTIFICATE = "certificate_arn is required when listener_mode is https, and must be left out when it is plain"
MESH_TLS = 'mesh_certificate_authority_arn goes with service_mesh = "service_connect" only.'
CONCURRENCY = "email_sender.concurrency must be a whole number of mails from 2, one for each queue, to 500."
SEND_TIMEOUT = (
    "email_sender.send_timeout must lie between 10 seconds, which a slow mail server takes, and 100"
)
MAX_ATTEMPTS = "email_sender.max_attempts must be a whole number from 1 to 1000."
MAX_AGE = "email_sender.max_age_hours must be whole hours from 1 to 72."
SEND_RATE = "email_sender.send_rate must be a whole number of mails a second, or 0 for no limit."
UNKNOWN_OUTCOME = "email_sender.unknown_outcome must be hold or resend."
LEDGER_RETENTION = "email_sender.ledger_retention_days must be whole days, more than the 24"
MAIL_FROM = "mail.from must be an email address and nothing else"
MAIL_DOTS = "mail.from must not begin or end with a dot"
MAIL_ASCII = "mail.from must be ASCII with SES"
MAIL_DOMAIN = "mail.from must have a domain of DNS with SES"
MAIL_LOCAL_PART = (
    "mail.from must be ASCII before the @ unless mail.smtputf8 says that the server takes others."
)
FROM_NAME = "mail.from_name must be one line of 1 to 64 characters"
SMTPUTF8 = "mail.smtputf8 must be false with SES"
HELO_NAME = "mail.smtp_helo_name must be a name of DNS in full"
HELO_NAME_MISSING = "mail.smtp_helo_name is required where the domain of mail.from is no name of DNS."
HOST_NAME = "mail.smtp_host must be a host's name or IPv4 address"
IMPLICIT_TLS = "mail.smtp_implicit_tls must be true or left out with mail.smtp_port 465 and 2465"
EXPLICIT_TLS = "mail.smtp_implicit_tls must be false or left out with mail.smtp_port 25, 587 and 2587"
SMTP_HOST = "mail.smtp_host is required when mail.provider is smtp."
SMTP_PORT = "mail.smtp_port must be a whole number between 1 and 65535."
VERSION = "smtp_credentials_version must be a whole number, at least 0."
KEYS_VERSION = "api_keys_version must be a whole number, at least 0."
STARTTLS = "mail.smtp_starttls must be true with mail.smtp_login"
BOUNDARY = "permissions_boundary_arn must be the ARN of an IAM policy of aws_account_id or of AWS"
OPERATORS = "operators must be ARNs of roles or users of aws_account_id, with * at the end at most."
LEDGER_NAME = "ledger_table_name must begin with the system's name and environment, as in"
LEDGER_LENGTH = "ledger_table_name must be at most 255 characters long."
AUTHORITY = "mesh_certificate_authority_arn must be the ARN of an AWS Private CA in aws_region."
ENDPOINTS = "private_endpoints must be all or gateway."
WEIGHT = "canary.weight must be a whole percentage from 0 to 100."
SENDER_TASKS = "canary.sender_tasks must be a whole number, at least 1."
CANARY_TAG = "canary.image_tag must be a valid image tag other than latest."
MAIL = {"provider": "ses", "from": "a@b.example"}
TLS = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d"

ROUNDS = {
    "below": [
        Case("name", "n", [NAME]),
        Case("environment", "prod", ["environment must be development, staging or production."]),
        Case("aws_region", "Frankfurt", [REGION]),
        Case("aws_account_id", "12345678901", [ACCOUNT]),
        Case("image_tag", "latest", [IMAGE_TAG]),
        Case("service_mesh", "istio", ["service_mesh must be service_connect, app_mesh or none."]),
        Case("private_endpoints", "interface", [ENDPOINTS]),
        Case("cpu_architecture", "arm64", ["cpu_architecture must be X86_64 or ARM64."]),
        Case("log_level", "LOUD", ["log_level must be DEBUG, INFO, WARNING or ERROR."]),
        Case(
            "mail",
            {
                "provider": "pigeon",
                "from": "nobody",
                "from_name": "",
                "smtp_port": 0,
                "smtp_helo_name": "",
            },
            ["mail.provider must be ses or smtp.", MAIL_FROM, FROM_NAME, SMTP_PORT, HELO_NAME],
        ),
        Case(
            "email_sender",
            {
                "concurrency": 1,
                "send_timeout": 9.9,
                "max_attempts": 0,
                "max_age_hours": 0,
                "send_rate": -1,
                "unknown_outcome": "send",
                "ledger_retention_days": 24,
            },
            [
                CONCURRENCY,
                SEND_TIMEOUT,
                MAX_ATTEMPTS,
                MAX_AGE,
                SEND_RATE,
                UNKNOWN_OUTCOME,
                LEDGER_RETENTION,
            ],
        ),
        Case("smtp_credentials_version", -1, [VERSION]),
        Case("api_keys_version", -1, [KEYS_VERSION]),
        Case(
            "canary",
            {"image_tag": "latest", "weight": -1, "sender_tasks": 0},
            [WEIGHT, CANARY_TAG, SENDER_TASKS],
        ),
    ],
    "above": [
        Case("name", "notifications1", [NAME]),
        Case("aws_account_id", "1234567890123", [ACCOUNT]),
        # Staging speaks plain HTTP.
        Case("environment", "production", ["listener_mode must be https in production"]),
        Case("load_generator", {"workers": 2}, ["load_generator must be null in production"]),
        Case("execute_command", True, ["execute_command must be false in production."]),
        Case(
            "availability_zones",
            ["eu-central-1a", "us-east-1a"],
            [ZONES],
        ),
        Case("image_tag", "a" * 129, [IMAGE_TAG]),
        Case(
            "mail",
            {
                **MAIL,
                "from": "Us <us@b.example>",
                "from_name": "n" * 65,
                "provider": "smtp",
                "smtp_port": 65536,
                "smtp_helo_name": "mail." + "a" * 64 + ".example",
            },
            [MAIL_FROM, FROM_NAME, SMTP_HOST, SMTP_PORT, HELO_NAME],
        ),
        Case(
            "email_sender",
            {
                "concurrency": 501,
                "send_timeout": 100.1,
                "max_attempts": 1001,
                "max_age_hours": 73,
                "unknown_outcome": "Hold",
                "send_rate": 0.5,
                "ledger_retention_days": 30.5,
            },
            [
                CONCURRENCY,
                SEND_TIMEOUT,
                MAX_ATTEMPTS,
                MAX_AGE,
                SEND_RATE,
                UNKNOWN_OUTCOME,
                LEDGER_RETENTION,
            ],
        ),
        Case("smtp_credentials_version", 0.5, [VERSION]),
        Case("api_keys_version", 0.5, [KEYS_VERSION]),
        Case("canary", {"image_tag": "a" * 129, "weight": 101}, [WEIGHT, CANARY_TAG]),
    ],
    "beside": [
        Case("name", "notify-", [NAME]),
        Case("image_tag", ".hidden", [IMAGE_TAG]),
        Case("certificate_arn", "arn:aws:acm:eu-central-1:123456789012:certificate/1", [CERTIFICATE]),
        Case("service_mesh", "app_mesh", [MESH_TLS]),
        Case("mesh_certificate_authority_arn", TLS, [MESH_TLS]),
        Case("permissions_boundary_arn", "notifications", [BOUNDARY]),
        Case(
            "mail",
            {
                **MAIL,
                "from": "a@b@c",
                "from_name": "Us\nBcc: everybody@b.example",
                "provider": "smtp",
                "smtp_host": "",
                "smtp_helo_name": "localhost",
            },
            [MAIL_FROM, FROM_NAME, SMTP_HOST, HELO_NAME],
        ),
        Case(
            "email_sender",
            {"concurrency": 2.5, "max_attempts": 1.5, "max_age_hours": 1.5},
            [CONCURRENCY, MAX_ATTEMPTS, MAX_AGE],
        ),
        Case(
            "canary",
            {"image_tag": ".hidden", "weight": 10.5, "sender_tasks": 1.5},
            [WEIGHT, CANARY_TAG, SENDER_TASKS],
        ),
    ],
    "between": [
        Case("name", "1notify", [NAME]),
        Case("image_tag", "not a tag", [IMAGE_TAG]),
        Case(
            "mail",
            {
                **MAIL,
                "from": ".us@b.example",
                "from_name": " Us",
                "provider": "smtp",
                "smtp_host": "smtp://m:25",
                "smtp_port": 587.5,
                "smtp_starttls": False,
                "smtp_helo_name": "192.0.2.1",
            },
            [MAIL_DOTS, FROM_NAME, HOST_NAME, SMTP_PORT, STARTTLS, HELO_NAME],
        ),
        Case("permissions_boundary_arn", "arn:aws:iam::12345678901:policy/notifications", [BOUNDARY]),
    ],
    "mail-tls-at-once": [
        Case(
            "mail",
            {
                **MAIL,
                "from": "a@b.example.",
                "from_name": "{{company}}",
                "provider": "smtp",
                "smtp_host": "m",
                "smtp_port": 465,
                "smtp_implicit_tls": False,
            },
            [MAIL_DOTS, FROM_NAME, IMPLICIT_TLS],
        ),
    ],
    "mail-tls-later": [
        Case(
            "mail",
            {
                **MAIL,
                "from": "\u00fcs@b.example",
                "from_name": "Us\u2028you",
                "provider": "smtp",
                "smtp_host": "m",
                "smtp_port": 587,
                "smtp_implicit_tls": True,
                "smtp_helo_name": "m\u00e4il.b.example",
            },
            [MAIL_LOCAL_PART, FROM_NAME, EXPLICIT_TLS, HELO_NAME],
        ),
    ],
    "mail-without-a-name": [
        Case(
            "mail",
            {**MAIL, "from": "us@b_b.example", "provider": "smtp", "smtp_host": "m"},
            [HELO_NAME_MISSING],
        ),
    ],
    "mail-beyond-ascii": [
        Case("mail", {**MAIL, "from": "us@b\u00fccher.example"}, [MAIL_ASCII, MAIL_DOMAIN]),
    ],
    "otherwise": [
        Case("name", "Notify", [NAME]),
        Case("listener_mode", "tcp", ["listener_mode must be https or plain_http."]),
        Case("mail", {**MAIL, "from": "a@", "smtputf8": True}, [MAIL_FROM, MAIL_DOMAIN, SMTPUTF8]),
        Case("permissions_boundary_arn", "arn:aws:iam::123456789012:role/notifications", [BOUNDARY]),
    ],
    # Their rules look at name, environment and account, which are right here.
    "whose": [
        Case("operators", ["arn:aws:iam::210987654321:role/operators"], [OPERATORS]),
        Case("ledger_table_name", "notifications-staging-" + "d" * 234, [LEDGER_LENGTH]),
    ],
    "whose-else": [
        Case("operators", ["arn:aws:iam::123456789012:role/*/admin"], [OPERATORS]),
        Case("ledger_table_name", "notifications-production-deliveries", [LEDGER_NAME]),
    ],
    "nobodys": [
        Case("operators", ["arn:aws:iam::123456789012:root"], [OPERATORS]),
        Case("ledger_table_name", "notifications-staging-", [LEDGER_NAME]),
    ],
    "named": [
        Case("name", "aws-mail", [RESERVED]),
        Case("aws_region", "eu-center-1", [REGION]),
        Case("aws_account_id", "12345678901a", [ACCOUNT]),
    ],
    # What lies in another account, region or partition than the system.
    "elsewhere": [
        Case("name", "sg", [RESERVED]),
        Case("availability_zones", ["eu-central-10a", "eu-central-1b"], [ZONES]),
        Case("permissions_boundary_arn", "arn:aws:iam::210987654321:policy/notifications", [BOUNDARY]),
        Case("mesh_certificate_authority_arn", TLS.replace("eu-central-1", "eu-west-1"), [AUTHORITY]),
    ],
    "in another partition": [
        Case("name", "internal", [RESERVED]),
        Case("availability_zones", ["eu-central-1", "eu-central-1x"], [ZONES]),
        Case("permissions_boundary_arn", "arn:aws-cn:iam::123456789012:policy/notifications", [BOUNDARY]),
        Case("mesh_certificate_authority_arn", TLS.replace("arn:aws:", "arn:aws-cn:"), [AUTHORITY]),
    ],
    "like a bucket": [
        Case("name", "amzn-s3-demo", [RESERVED]),
    ],
}
# Wrong values that a module finds that they are passed on to: for these the whole system is planned.
PASSED_ON = {
    "twice": [
        Case("allowed_cidr_blocks", ["0.0.0.0/0"], [CIDR_WIDE]),
        Case("domain_name", "https://api.example.com/", [DOMAIN]),
        Case(
            "availability_zones",
            ["eu-central-1a", "eu-central-1a"],
            ["Name two or three different availability zones: a load balancer needs two."],
        ),
        Case(
            "notification_api",
            {
                "min_tasks": 3,
                "max_tasks": 2,
                "cpu": 16384,
                "memory": 16384,
                "scheduled_minimums": {
                    "day": {
                        "schedule": "cron(0 16 * * MON-FRI *)",
                        "time_zone": "Europe/Berln",
                        "min_tasks": 1,
                    }
                },
            },
            [
                "max_tasks must be at least min_tasks.",
                "memory does not go with cpu on Fargate: 16384 MiB with 16384 units.",
            ],
        ),
        Case("vpc_cidr", "10.20.0.0/24", ["The VPC's address range must be an IPv4 network from /16 to /23"]),
        Case("log_retention_days", 3654, ["log_retention_days must be a period that CloudWatch Logs offers"]),
        Case(
            "email_sender",
            {
                "scheduled_minimums": {
                    "day": {
                        "schedule": "cron(0 16 * * MON-FRI *)",
                        "time_zone": "Europe/Berln",
                        "min_tasks": 5,
                    }
                }
            },
            [
                "such as cron(0 7 ? * MON-FRI *). Not so: cron(0 16 * * MON-FRI *).",
                "such as Europe/Berlin or UTC. Not so: Europe/Berln.",
                "scheduled_minimums: min_tasks must be a whole number from 1 to max_tasks.",
            ],
        ),
    ],
    # Their rules look at domain_name and listener_mode, which are right here.
    "of a zone": [Case("hosted_zone_id", "example.com", [ZONE])],
    "incomplete": [
        Case("listener_mode", "https", [CERTIFICATE, DOMAIN_MISSING]),
        Case("allowed_cidr_blocks", ["::/0"], [CIDR]),
        # The rule of a variable of the system's own, beside those of modules.
        Case("image_tag", "latest", [IMAGE_TAG]),
    ],
}
# Values on the edge itself; others are in variables/edges.tfvars, the matrix and test_partitions.py.
ACCEPTED = {
    "lowest": {
        "name": "no",
        "environment": "development",
        "aws_account_id": "000000000001",
        "image_tag": "_",
        "execute_command": True,
        "log_level": "DEBUG",
        "email_sender": {
            "concurrency": 2,
            "send_timeout": 10,
            "max_attempts": 1,
            "max_age_hours": 1,
            "send_rate": 0,
            "ledger_retention_days": 25,
        },
        "mail": {
            **MAIL,
            "from_name": "N",
            "provider": "smtp",
            "smtp_host": "m",
            "smtp_port": 1,
            "smtp_login": False,
            "smtp_starttls": False,
            "smtp_helo_name": "m.b",
        },
        "permissions_boundary_arn": "none",
        "ledger_table_name": "no-development-" + "d" * 240,
        "operators": ["arn:aws:iam::000000000001:user/alice", "arn:aws:iam::000000000001:role/people/o_*"],
        "canary": {"image_tag": "_", "weight": 0},
    },
    # What teams have brought that was refused once.
    "brought": {
        "log_retention_days": 1096,
        "vpc_cidr": "10.20.0.0/22",
        "private_endpoints": "gateway",
        "permissions_boundary_arn": "arn:aws:iam::aws:policy/PowerUserAccess",
        "mesh_certificate_authority_arn": TLS.replace("123456789012", "210987654321"),
        "notification_api": {
            "cpu": 16384,
            "memory": 122880,
            "scheduled_minimums": {
                "day": {"schedule": "cron(0 16 ? * MON-FRI *)", "time_zone": "Europe/Berlin", "min_tasks": 4}
            },
        },
    },
    "highest": {
        "name": "n0tifications",
        "allowed_cidr_blocks": ["10.0.0.0/8"],
        "domain_name": "a.b",
        "image_tag": "a" * 128,
        "log_level": "WARNING",
        "email_sender": {
            "concurrency": 500,
            "send_timeout": 100,
            "max_attempts": 1000,
            "max_age_hours": 72,
            "send_rate": 1,
            "unknown_outcome": "resend",
            "ledger_retention_days": 3650,
        },
        # Encrypted from its first byte, so that STARTTLS has nothing to say to the login.
        "mail": {
            **MAIL,
            "from": "\u00fcs@b\u00fccher.example",
            "from_name": "\u00dcs & \u4f60, \"the\" <team>: \\ '@' " + "n" * 36,
            "provider": "smtp",
            "smtp_host": "192.0.2.25",
            "smtp_port": 65535,
            "smtp_implicit_tls": True,
            "smtp_starttls": False,
            "smtp_helo_name": "xn--bcher-kva." + "a" * 63 + ".Example",
            "smtputf8": True,
        },
        "canary": {"image_tag": "a" * 128, "weight": 100, "sender_tasks": 3},
    },
}
REFUSED = Path(__file__).with_name("invalid_inputs")
BELOW_THE_ROOT = [
    tuple(line.split(": ", 1))
    for path in sorted(REFUSED.glob("*.txt"))
    for line in path.read_text().splitlines()
]


def _each_of(rounds):
    """Each case of some rounds, with the name of its round."""
    cases = [(name, case) for name, cases in rounds.items() for case in cases]
    ids = [f"{case.variable}={str(case.value)[:60]}" for _, case in cases]
    return pytest.mark.parametrize(("round_name", "case"), cases, ids=ids)


@_each_of(ROUNDS)
def test_a_mistake_is_answered_with_what_to_do(offline, round_name, case):
    """Terraform refuses the value before it creates anything, in words that help."""
    answer = offline.refused_values(round_name, {one.variable: one.value for one in ROUNDS[round_name]})
    assert [] == [message for message in case.messages if message not in answer]


@_each_of(PASSED_ON)
def test_a_mistake_that_a_module_finds_is_answered_too(offline, round_name, case):
    """Whoever applies the system need not know which of its modules has the rule."""
    answer = offline.refusals(round_name, {one.variable: one.value for one in PASSED_ON[round_name]})
    assert [] == [message for message in case.messages if message not in answer]


@pytest.mark.parametrize("round_name", ACCEPTED)
def test_the_edge_itself_is_accepted(offline, round_name):
    """A boundary refuses nothing that it need not refuse."""
    assert "" == offline.refusals(round_name, ACCEPTED[round_name])


@pytest.mark.parametrize(("call", "message"), BELOW_THE_ROOT)
def test_a_module_defends_itself(offline, call, message):
    """A module refuses what another root module might give it."""
    refused = offline.refusals_below_the_root()
    assert [said for address, said in refused if address == f"module.{call}" and message in said]


def test_a_module_defends_itself_against_each_entry(offline):
    """No entry is right by mistake, and none is refused without a line that says so."""
    refused = {address for address, _ in offline.refusals_below_the_root()}
    assert refused == {f"module.{call}" for call, _ in BELOW_THE_ROOT}


def test_every_validation_is_tried():
    """No validation and no precondition is written without a case that it refuses."""
    cases = [case for rounds in (ROUNDS, PASSED_ON) for cases in rounds.values() for case in cases]
    tried = [message for case in cases for message in case.messages]
    tried += [message for _, message in BELOW_THE_ROOT]
    tried += WHILE_APPLYING
    tried += [message for _, messages in OF_AN_ACCOUNT.values() for message in messages]
    text = "".join(path.read_text() for path in ROOT_MODULE.rglob("*.tf"))
    written = re.findall(r'error_message += "(.*)"', text)
    assert written
    assert [] == [one for one in written if not any(_plain(one).startswith(message) for message in tried)]


def _plain(message):
    return message.replace('\\"', '"')
