import pytest

from stage.authorization.errors import UnknownOperationError
from stage.control_plane.rights.service_models import by_path, by_target, by_version, is_query


def test_a_target_names_model_and_operation():
    """The model is told by what stands before the operation."""
    assert ("sqs", "SendMessage") == by_target("sqs", "AmazonSQS.SendMessage")
    assert ("cloudwatch", "PutMetricData") == by_target(
        "monitoring", "GraniteServiceVersion20100801.PutMetricData"
    )


@pytest.mark.parametrize(
    ("service", "target"),
    [
        ("sqs", "AmazonSQS.NoSuchThing"),
        ("sqs", "SendMessage"),
        ("sqs", "TrentService.Decrypt"),
        ("dynamodb", "DynamoDBStreams_20120810.ListStreams"),
        ("kinesis", "Kinesis_20131202.ListStreams"),
        ("s3", "AmazonS3.ListBuckets"),
    ],
)
def test_a_target_of_another_service_is_refused(service, target):
    """It would be answered, whatever the call is signed for."""
    with pytest.raises(UnknownOperationError):
        by_target(service, target)


def test_a_version_names_the_model():
    """One that is not told means the only one there is."""
    assert "elbv2" == by_version("elasticloadbalancing", "2015-12-01")
    assert "ec2" == by_version("ec2", "")


@pytest.mark.parametrize(("service", "version"), [("elasticloadbalancing", "2012-06-01"), ("ses", "")])
def test_a_version_of_another_model_is_refused(service, version):
    """Classic load balancers have operations of the same names."""
    with pytest.raises(UnknownOperationError):
        by_version(service, version)


@pytest.mark.parametrize(
    ("service", "path", "model"),
    [
        ("s3", "/box/a", "s3"),
        ("s3", "/v20180820x/a", "s3"),
        ("s3", "/v20180820/tags/a", "s3control"),
        ("ses", "/v2/email/account", "sesv2"),
        ("route53", "/2013-04-01/hostedzone", "route53"),
    ],
)
def test_a_path_names_the_model(service, path, model):
    """S3 and its control sign alike."""
    assert model == by_path(service, path)


def test_a_path_of_another_model_is_refused():
    """SES's first REST interface was Pinpoint's."""
    with pytest.raises(UnknownOperationError):
        by_path("ses", "/v1/email/account")


def test_some_services_name_their_operation_in_a_form():
    """SQS and CloudWatch do so besides their JSON."""
    assert all(is_query(one) for one in ("ec2", "sts", "sqs", "monitoring"))
    assert not any(is_query(one) for one in ("s3", "dynamodb", "ses"))
