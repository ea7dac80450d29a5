"""The role that plans and looks for drift: it reads what there is, and nothing else."""

import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from tests.apply.attempts import DENIED, Attempt
from tests.apply.mode import ROOT

staging = pytest.mark.parametrize("applied", ["staging"], indirect=True)

ATTEMPTS = {
    "tasks": Attempt(
        "ecs", "update_service", {"cluster": "SYSTEM", "service": "notification-api", "desiredCount": 0}
    ),
    "rights": Attempt(
        "iam", "delete_role_policy", {"RoleName": "SYSTEM-email-sender-task", "PolicyName": "run"}
    ),
    "a mail": Attempt("sqs", "send_message", {"QueueUrl": "SYSTEM-mail", "MessageBody": "{}"}),
    "mails": Attempt("sqs", "receive_message", {"QueueUrl": "SYSTEM-mail"}),
    "a recipient": Attempt("dynamodb", "scan", {"TableName": "SYSTEM-deliveries"}),
    "keys": Attempt("secretsmanager", "get_secret_value", {"SecretId": "SYSTEM/api-keys"}),
    "an alarm": Attempt("cloudwatch", "delete_alarms", {"AlarmNames": ["SYSTEM-dead-letters"]}),
    "a setting": Attempt(
        "ssm",
        "put_parameter",
        {"Name": "/SYSTEM/notification-api/LOG_LEVEL", "Value": "debug", "Type": "String", "Overwrite": True},
    ),
    "a way in": Attempt(
        "ec2",
        "authorize_security_group_ingress",
        {"GroupId": "sg-0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"},
    ),
}


@staging
def test_it_finds_no_drift(applied):
    """Nothing differs after an apply, and no question is refused: what could not be read would be told."""
    with applied.rehearsal.reading() as environment:
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "ops", "drift"),
                *("--environment", "staging", "--folder", str(applied.rehearsal.folder)),
            ],
            cwd=ROOT.parent,
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )

    assert 0 == ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("tried", ATTEMPTS)
@staging
def test_it_changes_nothing_and_reads_no_data(applied, tried):
    """Mails, recipients and keys are data; all else that is tried would change something."""
    with pytest.raises(ClientError) as refused:
        ATTEMPTS[tried].make(applied.rehearsal.account.as_plan_role(), applied)

    assert refused.value.response["Error"]["Code"] in DENIED
