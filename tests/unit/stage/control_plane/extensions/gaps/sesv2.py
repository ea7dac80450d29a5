"""Gaps of SES v2."""

from botocore.exceptions import ClientError

_IDENTITY = {"EmailIdentity": "example.com"}
_SET = {"ConfigurationSetName": "staging"}


def _set(aws):
    ses = aws("sesv2")
    ses.create_configuration_set(**_SET)
    return ses


def _is_missing(act, **request):
    try:
        act(**request)
    except ClientError as error:
        return "NotFoundException" == error.response["Error"]["Code"]
    return False


def dkim_records(aws):
    """There are three."""
    ses = aws("sesv2")
    ses.create_email_identity(**_IDENTITY)
    return 3 == len(ses.get_email_identity(**_IDENTITY)["DkimAttributes"]["Tokens"])


def tags_of_identity(aws):
    """They are found under the identity's ARN."""
    ses, tags = aws("sesv2"), [{"Key": "team", "Value": "mail"}]
    ses.create_email_identity(**_IDENTITY, Tags=tags)
    arn = "arn:aws:ses:eu-central-1:123456789012:identity/example.com"
    return tags == ses.list_tags_for_resource(ResourceArn=arn)["Tags"]


def identity_deleted(aws):
    """One that does not exist is missed."""
    return _is_missing(aws("sesv2").delete_email_identity, **_IDENTITY)


def mail_from(aws):
    """It comes back."""
    ses = aws("sesv2")
    ses.create_email_identity(**_IDENTITY)
    ses.put_email_identity_mail_from_attributes(**_IDENTITY, MailFromDomain="bounce.example.com")
    found = ses.get_email_identity(**_IDENTITY)["MailFromAttributes"]
    return "bounce.example.com" == found["MailFromDomain"]


def sending_enabled(aws):
    """A new configuration set sends."""
    return {"SendingEnabled": True} == _set(aws).get_configuration_set(**_SET)["SendingOptions"]


def options_changed(aws):
    """Sending is switched off."""
    ses = _set(aws)
    ses.put_configuration_set_delivery_options(**_SET, TlsPolicy="REQUIRE")
    return {"TlsPolicy": "REQUIRE"} == ses.get_configuration_set(**_SET)["DeliveryOptions"]


def event_destinations(aws):
    """One is created and found."""
    ses = _set(aws)
    topic = {"TopicArn": "arn:aws:sns:eu-central-1:123456789012:events"}
    wanted = {"Enabled": True, "MatchingEventTypes": ["BOUNCE"], "SnsDestination": topic}
    ses.create_configuration_set_event_destination(
        **_SET, EventDestinationName="events", EventDestination=wanted
    )
    found = ses.get_configuration_set_event_destinations(**_SET)["EventDestinations"]
    return [{"Name": "events", **wanted}] == found


def configuration_set_deleted(aws):
    """One that does not exist is missed."""
    return _is_missing(aws("sesv2").delete_configuration_set, **_SET)
