import json

import pytest

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:notifications-staging-mail"


def _role(service, kind):
    return f"notifications-staging-{service}-{kind}"


def test_the_api_may_send_to_its_queue(staging):
    """That, and asking for the queue's URL, is all that its code may do."""
    statements = staging.policy_statements(_role("notification-api", "task"))
    assert set(statements) == {"SendToQueue"}
    assert statements["SendToQueue"].actions == {"sqs:GetQueueUrl", "sqs:SendMessage"}
    assert statements["SendToQueue"].resources == {QUEUE}


def test_the_sender_may_receive_from_its_queue(staging):
    """It can take, hide and delete messages, and put none in."""
    statement = staging.policy_statements(_role("email-sender", "task"))["ReceiveFromQueue"]
    assert statement.actions == {
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    }
    assert statement.resources == {QUEUE}


def test_the_sender_may_send_mail_from_one_address(staging):
    """With SES, one identity and one sender's address."""
    statements = staging.policy_statements(_role("email-sender", "task"))
    assert set(statements) == {"ReceiveFromQueue", "SendMail"}
    mail = statements["SendMail"]
    assert mail.actions == {"ses:SendEmail"}
    assert mail.resources == {"arn:aws:ses:eu-central-1:123456789012:identity/staging.notifications.example"}
    sender = "no-reply@staging.notifications.example"
    assert mail.condition == {"StringEquals": {"ses:FromAddress": sender}}


def test_smtp_needs_no_permission(smtp):
    """With an SMTP server the Email Sender may not use SES."""
    assert set(smtp.policy_statements(_role("email-sender", "task"))) == {"ReceiveFromQueue"}


@pytest.mark.parametrize("name", ["notification-api", "email-sender"])
def test_execution_role(staging, name):
    """ECS may pull this service's image and write this service's logs."""
    statements = staging.policy_statements(_role(name, "execution"))
    granted = {sid: (set(one.actions), set(one.resources)) for sid, one in statements.items()}
    account = "eu-central-1:123456789012"
    assert granted == {
        "LogInToRegistry": ({"ecr:GetAuthorizationToken"}, {"*"}),
        "PullImage": (
            {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
            {f"arn:aws:ecr:{account}:repository/notifications-staging/{name}"},
        ),
        "ShipLogs": (
            {"logs:CreateLogStream", "logs:PutLogEvents"},
            {f"arn:aws:logs:{account}:log-group:/ecs/notifications-staging/{name}:*"},
        ),
    }


def test_a_task_takes_the_two_roles_apart(staging):
    """The application never holds ECS's own permissions."""
    for module in ("notification_api", "email_sender"):
        task = f"module.{module}.aws_ecs_task_definition.this"
        assert staging.sources(task, "task_role_arn") == {f"module.{module}.aws_iam_role.task"}
        assert staging.sources(task, "execution_role_arn") == {f"module.{module}.aws_iam_role.execution"}


def test_only_ecs_tasks_of_this_account_take_the_roles(staging):
    """No other service and no other account's ECS can."""
    roles = staging.all("aws_iam_role").values()
    assert len(roles) == 4
    for role in roles:
        (statement,) = json.loads(role["assume_role_policy"])["Statement"]
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-central-1:123456789012:*"},
        }


def test_no_other_policy_is_attached(staging):
    """What a role may do is in its inline policy alone."""
    assert staging.all("aws_iam_role_policy_attachment") == {}
    assert len(staging.all("aws_iam_role_policy")) == 4


def test_every_statement_allows(staging):
    """There is no deny to work around, so what is listed is what is granted."""
    for role in staging.all("aws_iam_role").values():
        assert {one.effect for one in staging.policy_statements(role["name"]).values()} == {"Allow"}


def test_tasks_start_with_their_permissions(staging):
    """A service is created after its policies and destroyed before them."""
    for module in ("notification_api", "email_sender"):
        waits_for = staging.depends_on(f"module.{module}.aws_ecs_service.this")
        assert {"aws_iam_role_policy.execution", "aws_iam_role_policy.task"} <= set(waits_for)
