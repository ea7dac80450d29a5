import pytest

from stage.authorization.calls.table import table, table_of
from stage.authorization.errors import UnknownOperationError


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("monitoring", "cloudwatch"),
        ("elbv2", "elasticloadbalancing"),
        ("sesv2", "ses"),
        ("tagging", "tag"),
        ("pipes", "pipes"),
    ],
)
def test_a_service_is_known_by_each_of_its_names(name, prefix):
    """By which its requests are signed, and which botocore has."""
    assert prefix == table_of(name).prefix


def test_an_operation_without_resources_needs_no_row():
    """AWS knows no type of them, so it is authorized on an asterisk."""
    assert () == table_of("ec2").row("DescribeVpcs").about
    assert () == table_of("pipes").row("ListPipes").about


@pytest.mark.parametrize("operation", ["RunInstances", "NeverHeardOf"])
def test_an_operation_that_nobody_wrote_down_is_refused_by_name(operation):
    """And the message says which file to write it into."""
    with pytest.raises(UnknownOperationError, match=f"ec2:{operation} is about: say it in ec2.yaml"):
        table("ec2").row(operation)


def test_an_unknown_service_is_refused_by_name():
    """It would otherwise be one where everything is allowed."""
    with pytest.raises(UnknownOperationError, match="kinesis"):
        table_of("kinesis")


def test_a_row_has_no_other_fields(tmp_path, monkeypatch):
    """A misspelt one would leave out a right without a word."""
    (tmp_path / "sqs.yaml").write_text("calls: [{operations: [SendMessage], abuot: {queue: QueueUrl}}]")
    monkeypatch.setattr("stage.authorization.calls.table._FOLDER", tmp_path)

    with pytest.raises(ValueError, match=r"sqs: .*SendMessage.* have abuot"):
        table.__wrapped__("sqs")
