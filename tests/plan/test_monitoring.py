import json

import pytest

from tests.plan.cloudwatch import alarms

TOPIC = "arn:aws:sns:eu-central-1:123456789012:notifications-staging-alarms"
NAME = "notifications-staging"


@pytest.fixture
def topic(standalone):
    """Where alarms go."""
    return standalone.one("aws_sns_topic", name="notifications-staging-alarms")


@pytest.fixture
def user_impact(standalone):
    """The alarm to wake somebody by."""
    return standalone.one("aws_cloudwatch_composite_alarm", alarm_name=f"{NAME}-user-impact")


@pytest.fixture
def outputs(standalone):
    """What the module tells the root module."""
    return standalone.outputs["monitoring"]


def test_notifications_are_encrypted_with_the_systems_key(topic):
    """An alarm's text names resources."""
    key = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    assert topic["kms_master_key_id"] == key


def test_only_this_systems_alarms_publish_and_only_by_tls(topic):
    """Nobody can raise a false alarm from another account, another alarm or in the clear."""
    policy = json.loads(topic["policy"])
    assert policy["Statement"] == [
        {
            "Sid": "AlarmsOfThisSystemPublish",
            "Effect": "Allow",
            "Action": "sns:Publish",
            "Resource": TOPIC,
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{NAME}-*"},
            },
        },
        {
            "Sid": "NobodyPublishesWithoutTls",
            "Effect": "Deny",
            "Action": "sns:Publish",
            "Resource": TOPIC,
            "Principal": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]


def test_every_subscriber_gets_mail(standalone):
    """One subscription each, and to this topic."""
    subscriptions = standalone.all("aws_sns_topic_subscription", "module.monitoring").values()
    assert {
        ("on-call@notifications.example", "email", TOPIC),
        ("team@notifications.example", "email", TOPIC),
    } == {(one["endpoint"], one["protocol"], one["topic_arn"]) for one in subscriptions}


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        ("aws_sns_topic_subscription.email", "topic_arn"),
        ("aws_cloudwatch_metric_alarm.queue_age", "alarm_actions"),
        ("aws_cloudwatch_composite_alarm.user_impact", "alarm_actions"),
    ],
)
def test_the_topic_exists_first(offline, standalone, address, argument):
    """Its ARN is put together from the name of the topic itself, so that Terraform waits for it."""
    assert ["local.topic_arn"] == standalone.written(f"module.monitoring.{address}")[argument]["references"]
    source = offline.source("modules/monitoring/topic.tf")
    assert ':${aws_sns_topic.alarms.name}"' in source


def test_user_impact_by_errors_by_waiting_and_by_mails_that_do_not_come(user_impact):
    """Errors, waits and failing mails are felt while they last; nothing else wakes somebody."""
    felt = [
        "error-rate",
        "notification-api-p99-latency",
        "queue-age",
        "priority-queue-age",
        "send-failure-rate",
        "provider-unavailable",
    ]
    assert user_impact["alarm_rule"] == " OR ".join(f'ALARM("{NAME}-{name}")' for name in felt)


def test_the_composite_alarm_tells_the_topic(user_impact):
    """Of trouble and of its end."""
    assert ([TOPIC], [TOPIC]) == (user_impact["alarm_actions"], user_impact["ok_actions"])
    assert user_impact["actions_enabled"] is True


def test_the_alarms_it_is_made_of_exist_first(offline):
    """CloudWatch refuses a rule that names an alarm which is not there yet."""
    source = offline.source("modules/monitoring/alarm-user-impact.tf")
    assert source.count("aws_cloudwatch_metric_alarm.") == source.count(".alarm_name,") == 6


def test_what_a_bad_release_sets_off_undoes_it(outputs):
    """Errors and latency of its own target group; failing mails for the sender. Nothing that comes late."""
    assert outputs["rollback_alarms"] == {
        "notification-api": [f"{NAME}-notification-api-error-rate", f"{NAME}-notification-api-p99-latency"],
        "notification-api-canary": [
            f"{NAME}-notification-api-canary-error-rate",
            f"{NAME}-notification-api-canary-p99-latency",
            f"{NAME}-notification-api-canary-unhealthy",
        ],
        "email-sender": [f"{NAME}-send-failure-rate"],
        "email-sender-canary": [f"{NAME}-email-sender-canary-send-failure-rate"],
    }


def test_an_outage_of_the_provider_undoes_no_release(outputs, standalone):
    """No release of ours mends a relay: neither its alarm nor what a rate counts takes one back."""
    every = alarms(standalone)
    rolled_back = {
        name.removeprefix(f"{NAME}-") for names in outputs["rollback_alarms"].values() for name in names
    }
    read = {metric.name for name in rolled_back for metric in every[name].metrics.values()}
    assert set() == {"provider-unavailable"} & rolled_back
    assert set() == read & {"ProviderUnavailable", "MailsUnavailable", "MailsThrottled", "MailsExpired"}


def test_the_alarms_that_undo_a_release_exist_before_it(offline):
    """Their names are taken from the alarms, so that a service waits for them."""
    source = offline.source("modules/monitoring/outputs.tf").split('output "rollback_alarms"')[1]
    assert 8 == source.count("aws_cloudwatch_metric_alarm.")


def test_outputs_name_what_was_made(outputs):
    """The root module hands them to operators."""
    assert TOPIC == outputs["topic_arn"]
    assert outputs["user_impact_alarm"] == f"{NAME}-user-impact"
    assert NAME == outputs["dashboard_name"]


@pytest.mark.parametrize(
    ("argument", "source"),
    [
        ("cluster_name", "module.cluster.aws_ecs_cluster.this"),
        ("queue_name", "module.queue.aws_sqs_queue.this"),
        ("priority_queue_name", "module.queue.aws_sqs_queue.this"),
        ("dead_letter_queue_name", "module.queue.aws_sqs_queue.dead_letter"),
        ("mail_events", "module.mail.aws_sqs_queue.events"),
        ("mail_events", "module.mail.aws_sqs_queue.dead_letter"),
        ("kms_key_arn", "module.encryption.aws_kms_key.this"),
    ],
)
def test_the_system_watches_its_own_parts(staging, argument, source):
    """Alarms are about the queue, the cluster and the key that are really used."""
    assert source in staging.sources("module.monitoring", argument)


def test_the_system_watches_its_own_load_balancer(staging):
    """The load balancer and both of its target groups."""
    sources = staging.sources("module.monitoring", "load_balancer")
    kinds = sorted(source.split(".")[2] for source in sources)
    assert {"aws_lb", "aws_lb_target_group"} == set(kinds)


def test_the_system_watches_both_services(staging):
    """What scaling holds is drawn beside what is used."""
    alarms = staging.all("aws_cloudwatch_metric_alarm").values()
    watched = {
        alarm["dimensions"]["ServiceName"] for alarm in alarms if alarm["metric_name"] == "CPUUtilization"
    }
    assert {"notification-api", "email-sender"} == watched


def test_the_services_count_in_their_environment(staging):
    """Staging's alarms do not read what production counts."""
    alarms = staging.all("aws_cloudwatch_metric_alarm")
    dimensions = alarms["module.monitoring.aws_cloudwatch_metric_alarm.accept_failures"]["dimensions"]
    assert {"Service": "notification-api", "Environment": "staging"} == dimensions
    assert "staging" == staging.container("notification-api").environment["ENVIRONMENT"]


@pytest.mark.parametrize(
    ("argument", "variables"),
    [
        ("subscribers", ["var.alarm_emails"]),
        ("runbook_url", ["var.runbook_url"]),
        ("thresholds", ["var.alarm_thresholds"]),
        ("environment", ["var.environment"]),
        ("services", ["local.services"]),
    ],
)
def test_operators_choose_who_is_told_of_what(staging, argument, variables):
    """What the root module is given reaches the alarms and the dashboard."""
    call = staging.configuration["module_calls"]["monitoring"]["expressions"]
    assert call[argument]["references"] == variables


@pytest.mark.parametrize("service", ["notification_api", "email_sender"])
def test_a_graph_shows_the_cpu_target_that_operators_set(offline, service):
    """The target that is drawn is the one that scaling holds."""
    assert f" cpu_target = var.{service}.cpu_target\n" in offline.source("services.tf")
    assert f" cpu_target = var.{service}.cpu_target\n" in offline.source("scaling.tf")
