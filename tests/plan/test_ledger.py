import pytest

from tests.plan.view import only

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def table(standalone):
    """The ledger's table."""
    return standalone.one("aws_dynamodb_table", name="deliveries")


def test_the_table_is_paid_by_use(table):
    """Its capacity follows the traffic, with nothing to scale."""
    assert "PAY_PER_REQUEST" == table["billing_mode"]


def test_an_item_is_found_by_its_notification(table):
    """One item a notification: the key is its id alone."""
    assert "notification_id" == table["hash_key"]
    assert [{"name": "notification_id", "type": "S"}] == table["attribute"]
    assert table["range_key"] is None


def test_items_expire(table):
    """DynamoDB deletes an item when the time in it is over."""
    assert [{"attribute_name": "expires_at", "enabled": True}] == table["ttl"]


def test_the_table_can_be_set_back(table):
    """To any second of the last 35 days."""
    assert only(table["point_in_time_recovery"])["enabled"] is True


def test_items_are_encrypted_with_the_systems_key(table):
    """The system's own key, whose policy is ours."""
    assert [{"enabled": True, "kms_key_arn": KEY}] == table["server_side_encryption"]


@pytest.mark.parametrize(("name", "protected"), [("deliveries", True), ("unprotected", False)])
def test_deletion_protection(standalone, name, protected):
    """DynamoDB refuses to delete the table where that is asked for."""
    assert standalone.one("aws_dynamodb_table", name=name)["deletion_protection_enabled"] is protected


def test_others_are_told_name_and_arn(standalone):
    """The ARN is that of the table and nothing else, and known before there is one."""
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/deliveries"
    assert standalone.outputs["ledger"] == {"name": "deliveries", "arn": arn}


def test_whoever_uses_the_table_waits_for_it(standalone):
    """Both are put together from the table's own name."""
    assert {"module.ledger.aws_dynamodb_table.this"} == standalone.output_sources("ledger")


def test_the_sender_is_told_of_its_ledger(sender, staging):
    """The table's name, and how long an item of it is kept."""
    environment = sender.container.environment
    assert environment["LEDGER_TABLE"] == staging.one("aws_dynamodb_table")["name"]
    assert "30" == environment["LEDGER_RETENTION_DAYS"]
    assert "module.ledger.aws_dynamodb_table.this" in staging.sources("module.email_sender", "environment")


@pytest.mark.parametrize("name", ["staging", "production"])
def test_what_is_known_of_a_mail_outlasts_the_mail(name, request):
    """A dead letter sent again on its last day, which waits as long as any mail, still has its item."""
    plan = request.getfixturevalue(name)
    kept = int(plan.container("email-sender").environment["LEDGER_RETENTION_DAYS"])
    # What SES says of a mail waits in queues of its own, which no dead letter goes back to.
    queues = [
        queue for address, queue in plan.all("aws_sqs_queue").items() if address.startswith("module.queue.")
    ]
    dead = [one["message_retention_seconds"] for one in queues if not one.get("redrive_policy")]
    waiting = [one["message_retention_seconds"] for one in queues if one.get("redrive_policy")]
    assert kept * 24 * 60 * 60 > max(dead) + max(waiting)


def test_the_whole_has_one_ledger(staging, production):
    """One table a system, and only production's is protected."""
    assert "notifications-staging-deliveries" == staging.one("aws_dynamodb_table")["name"]
    assert staging.one("aws_dynamodb_table")["deletion_protection_enabled"] is False
    assert production.one("aws_dynamodb_table")["deletion_protection_enabled"] is True
