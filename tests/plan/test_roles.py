import json

import pytest

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:notifications-staging-mail"
QUEUES = {QUEUE, f"{QUEUE}-priority"}
EVENTS = f"{QUEUE}-events"
IDENTITIES = "arn:aws:ses:eu-central-1:123456789012:identity/*"
PULL = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
WRITE_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}


def _role(service, kind):
    return f"notifications-staging-{service}-{kind}"


def _granted(plan, role):
    statements = plan.policy_statements(role)
    return {sid: (set(one.actions), set(one.resources)) for sid, one in statements.items()}


def test_the_api_may_send_to_its_queues(staging):
    """That, asking for their URLs and reading its callers' keys is all that its code may do."""
    keys = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notifications-staging/api-keys-??????"
    assert _granted(staging, _role("notification-api", "task")) == {
        "SendToQueue": ({"sqs:GetQueueUrl", "sqs:SendMessage"}, QUEUES),
        "ReadApiKeys": ({"secretsmanager:GetSecretValue"}, {keys}),
    }


def test_the_sender_may_receive_from_its_queues(staging):
    """It can take, hide and delete messages, and put none in; with SES, what is said of mails too."""
    statement = staging.policy_statements(_role("email-sender", "task"))["ReceiveFromQueues"]
    assert {
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    } == statement.actions
    assert QUEUES | {EVENTS} == statement.resources


def test_the_sender_may_give_up_a_message(staging):
    """It can put one into the dead-letter queue of its kind, and take none out."""
    granted = _granted(staging, _role("email-sender", "task"))["SendDeadLetters"]
    letters = {f"{QUEUE}-dead-letter", f"{EVENTS}-dead-letter"}
    assert granted == ({"sqs:GetQueueUrl", "sqs:SendMessage"}, letters)


def test_the_sender_may_keep_the_ledger(staging):
    """It reads and writes items of the one table, by their keys, and deletes none."""
    granted = _granted(staging, _role("email-sender", "task"))["KeepLedger"]
    actions = {f"dynamodb:{name}" for name in ("BatchGetItem", "GetItem", "PutItem", "UpdateItem")}
    table = "arn:aws:dynamodb:eu-central-1:123456789012:table/notifications-staging-deliveries"
    assert granted == (actions, {table})


def test_the_sender_may_send_mail_from_one_address(staging):
    """With SES, one sender's address; whichever identities that and the recipients come under.

    In the sandbox SES authorizes the recipients' identities too, and an address that is verified beside its
    domain instead of the domain.
    """
    statements = staging.policy_statements(_role("email-sender", "task"))
    assert {
        "AskWhetherSesSends",
        "KeepLedger",
        "ReceiveFromQueues",
        "SendDeadLetters",
        "SendMail",
        "UseConfigurationSet",
    } == set(statements)
    mail = statements["SendMail"]
    assert {"ses:SendEmail"} == mail.actions
    assert {IDENTITIES} == mail.resources
    sender = "no-reply@staging.notifications.example"
    assert mail.condition == {"StringEquals": {"ses:FromAddress": sender}}


def test_the_sender_may_use_its_configuration_set(staging):
    """SES authorizes the set beside the identity; it is this system's alone."""
    statement = staging.policy_statements(_role("email-sender", "task"))["UseConfigurationSet"]
    configuration_set = "arn:aws:ses:eu-central-1:123456789012:configuration-set/notifications-staging"
    assert (statement.actions, statement.resources) == ({"ses:SendEmail"}, {configuration_set})


def test_the_sender_may_ask_whether_ses_sends(staging, smtp):
    """That is all of the account that it may ask about; a relay is asked by speaking to it."""
    statement = staging.policy_statements(_role("email-sender", "task"))["AskWhetherSesSends"]
    assert ({"ses:GetAccount"}, {"*"}) == (statement.actions, statement.resources)
    asked = {action for one in smtp.policies_of(_role("email-sender", "task")) for action in one.actions}
    assert "ses:GetAccount" not in asked


def test_the_boundary_lets_the_sender_ask_whether_ses_sends(bootstrap):
    """What a policy grants and the boundary does not is refused."""
    policy = bootstrap.one("aws_iam_policy", name="notifications-workload-boundary")["policy"]
    unnamed = {one["Sid"]: one for one in json.loads(policy)["Statement"]}["UseWhatHasNoName"]
    assert (True, "*") == ("ses:GetAccount" in unnamed["Action"], unnamed["Resource"])


def test_whoever_sends_is_written_as_ses_compares_it(mixed_case):
    """A domain in lower case, as SES keeps it; IAM compares what is sent letter by letter."""
    sender = "No-Reply@notifications.example"
    mail = mixed_case.policy_statements("notifications-staging-email-sender-task")["SendMail"]
    assert mail.condition == {"StringEquals": {"ses:FromAddress": sender}}
    parameter = "/notifications-staging/email-sender/MAIL_FROM"
    assert mixed_case.one("aws_ssm_parameter", name=parameter)["insecure_value"] == sender
    identity = mixed_case.one("aws_sesv2_email_identity")
    assert "notifications.example" == identity["email_identity"]


def test_smtp_needs_the_credentials_and_nothing_of_ses(smtp):
    """With an SMTP server the Email Sender may read one secret and not use SES."""
    statements = smtp.policy_statements(_role("email-sender", "task"))
    assert {"KeepLedger", "ReadSmtpCredentials", "ReceiveFromQueues", "SendDeadLetters"} == set(statements)
    assert {"secretsmanager:GetSecretValue"} == statements["ReadSmtpCredentials"].actions
    assert QUEUES == statements["ReceiveFromQueues"].resources


def test_a_task_role_allows_what_is_asked_for(standalone):
    """Actions, resources and conditions reach the policy as they are given."""
    statements = standalone.policy_statements("standalone-full-task")
    assert {
        "AskForAccount": ({"ses:GetAccount"}, {"*"}),
        "ReadSecret": (
            {"secretsmanager:GetSecretValue"},
            {"arn:aws:secretsmanager:eu-central-1:123456789012:secret:standalone-??????"},
        ),
        "SendMail": (
            {"ses:SendEmail", "ses:SendRawEmail"},
            {IDENTITIES},
        ),
    } == _granted(standalone, "standalone-full-task")
    assert {} == statements["ReadSecret"].condition
    sender = {"ses:FromAddress": "no-reply@standalone.example"}
    assert {"StringEquals": sender} == statements["SendMail"].condition


def test_execution_role(standalone):
    """ECS may pull this service's image and write this service's logs."""
    account = "eu-central-1:123456789012"
    assert _granted(standalone, "standalone-plain-execution") == {
        "LogInToRegistry": ({"ecr:GetAuthorizationToken"}, {"*"}),
        "PullImages": (PULL, {f"arn:aws:ecr:{account}:repository/standalone/app"}),
        "ShipLogs": (WRITE_LOGS, {f"arn:aws:logs:{account}:log-group:/ecs/standalone/plain:*"}),
    }


def test_ecs_may_read_the_settings_and_no_other_parameter(standalone):
    """Exactly those that become environment variables, when there are any."""
    granted = _granted(standalone, "standalone-full-execution")
    parameter = "arn:aws:ssm:eu-central-1:123456789012:parameter/standalone/full"
    assert {"LogInToRegistry", "PullImages", "ReadSettings", "ShipLogs"} == set(granted)
    assert granted["ReadSettings"] == (
        {"ssm:GetParameters"},
        {f"{parameter}/LOG_LEVEL", f"{parameter}/MAIL_FROM"},
    )


@pytest.mark.parametrize("name", ["notification-api", "email-sender"])
def test_execution_roles_of_both_services(staging, name):
    """Each reaches its own repository, its own logs, its own settings."""
    granted = _granted(staging, _role(name, "execution"))
    assert {"LogInToRegistry", "PullImages", "ReadSettings", "ShipLogs"} == set(granted)
    account = "eu-central-1:123456789012"
    assert granted["PullImages"] == (PULL, {f"arn:aws:ecr:{account}:repository/notifications-staging/{name}"})
    own_logs = f"arn:aws:logs:{account}:log-group:/ecs/notifications-staging/{name}:*"
    assert own_logs in granted["ShipLogs"][1]
    assert granted["ReadSettings"][1] == set(staging.container(name).secrets.values())


@pytest.mark.parametrize("kind", ["task", "execution"])
def test_a_task_takes_the_two_roles_apart(standalone, kind):
    """The application never holds ECS's own permissions."""
    task = "module.service_plain.aws_ecs_task_definition.this"
    assert standalone.sources(task, f"{kind}_role_arn") == {f"module.service_plain.aws_iam_role.{kind}"}


@pytest.mark.parametrize("kind", ["task", "execution"])
def test_only_ecs_tasks_of_this_account_take_the_roles(standalone, kind):
    """No other service and no other account's ECS can."""
    role = standalone.one("aws_iam_role", name=f"standalone-plain-{kind}")
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    assert {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-central-1:123456789012:*"},
        },
    } == statement


def test_no_other_policy_is_attached(standalone):
    """What a role may do is in its one inline policy alone."""
    policies = [one["role"] for one in standalone.all("aws_iam_role_policy", "module.service_plain").values()]
    assert ["standalone-plain-execution", "standalone-plain-task"] == sorted(policies)
    assert {} == standalone.all("aws_iam_role_policy_attachment", "module.service_plain")


def test_every_statement_allows(standalone):
    """There is no deny to work around, so what is listed is what is granted."""
    roles = [f"standalone-{name}-{kind}" for name in ("full", "app-mesh") for kind in ("task", "execution")]
    effects = {one.effect for role in roles for one in standalone.policy_statements(role).values()}
    assert {"Allow"} == effects


@pytest.mark.parametrize("kind", ["task", "execution"])
def test_tasks_start_with_their_permissions(standalone, kind):
    """A service is created after its policies and destroyed before them."""
    waits_for = standalone.depends_on("module.service_plain.aws_ecs_service.this")
    assert f"aws_iam_role_policy.{kind}" in waits_for
