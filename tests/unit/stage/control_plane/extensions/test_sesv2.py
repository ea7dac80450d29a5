import pytest

ARN = "arn:aws:ses:eu-central-1:123456789012"


@pytest.fixture
def ses(client):
    """SES v2."""
    return client("sesv2")


@pytest.fixture
def domain(ses):
    """A domain's identity."""
    ses.create_email_identity(
        EmailIdentity="example.com",
        DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
        Tags=[{"Key": "Application", "Value": "notifications"}],
    )
    return "example.com"


@pytest.fixture
def configuration_set(ses):
    """A configuration set with nothing chosen."""
    ses.create_configuration_set(ConfigurationSetName="staging")
    return "staging"


def test_an_identity_has_three_records_for_dns(ses, domain):
    """They are the same whoever asks, and pending for ever: nobody publishes them here."""
    dkim = ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]

    assert 3 == len(set(dkim["Tokens"]))
    assert ("PENDING", "AWS_SES", "RSA_2048_BIT") == (
        dkim["Status"],
        dkim["SigningAttributesOrigin"],
        dkim["NextSigningKeyLength"],
    )
    assert dkim == ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]


def test_keys_of_another_length_can_be_asked_for(ses, domain):
    """The records stay as they are."""
    before = ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"]
    ses.put_email_identity_dkim_signing_attributes(
        EmailIdentity=domain,
        SigningAttributesOrigin="AWS_SES",
        SigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"},
    )

    dkim = ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]
    assert ("RSA_1024_BIT", before) == (dkim["NextSigningKeyLength"], dkim["Tokens"])


def test_bounces_go_where_they_are_told_to(ses, domain):
    """The MAIL FROM domain is kept."""
    ses.put_email_identity_mail_from_attributes(
        EmailIdentity=domain, MailFromDomain="bounces.example.com", BehaviorOnMxFailure="REJECT_MESSAGE"
    )

    mail_from = ses.get_email_identity(EmailIdentity=domain)["MailFromAttributes"]
    assert ("bounces.example.com", "REJECT_MESSAGE") == (
        mail_from["MailFromDomain"],
        mail_from["BehaviorOnMxFailure"],
    )


def test_an_identity_is_tagged_under_its_arn(ses, domain):
    """The one that IAM knows it by."""
    tags = ses.list_tags_for_resource(ResourceArn=f"{ARN}:identity/{domain}")["Tags"]

    assert [{"Key": "Application", "Value": "notifications"}] == tags


def test_an_identity_that_is_deleted_is_gone(ses, domain):
    """A domain like an address."""
    ses.delete_email_identity(EmailIdentity=domain)

    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_email_identity(EmailIdentity=domain)


def test_a_configuration_set_says_what_was_chosen(ses, configuration_set):
    """And nothing of what was not; sending is on unless somebody stops it."""
    found = ses.get_configuration_set(ConfigurationSetName=configuration_set)
    assert {"SendingEnabled": True} == found["SendingOptions"]
    assert set() == found.keys() & {"DeliveryOptions", "ReputationOptions", "SuppressionOptions"}

    ses.put_configuration_set_delivery_options(ConfigurationSetName=configuration_set, TlsPolicy="REQUIRE")
    ses.put_configuration_set_reputation_options(
        ConfigurationSetName=configuration_set, ReputationMetricsEnabled=True
    )
    ses.put_configuration_set_suppression_options(
        ConfigurationSetName=configuration_set, SuppressedReasons=["BOUNCE"]
    )
    ses.put_configuration_set_sending_options(ConfigurationSetName=configuration_set, SendingEnabled=False)

    found = ses.get_configuration_set(ConfigurationSetName=configuration_set)
    assert {"TlsPolicy": "REQUIRE"} == found["DeliveryOptions"]
    assert {"ReputationMetricsEnabled": True} == found["ReputationOptions"]
    assert {"SuppressedReasons": ["BOUNCE"]} == found["SuppressionOptions"]
    assert {"SendingEnabled": False} == found["SendingOptions"]


def test_events_have_a_destination(ses, configuration_set):
    """It is made, found, changed and deleted."""
    topic = {"TopicArn": "arn:aws:sns:eu-central-1:123456789012:events"}
    name = {"ConfigurationSetName": configuration_set, "EventDestinationName": "events"}
    wanted = {"Enabled": True, "MatchingEventTypes": ["BOUNCE"], "SnsDestination": topic}
    ses.create_configuration_set_event_destination(**name, EventDestination=wanted)

    def found():
        answer = ses.get_configuration_set_event_destinations(ConfigurationSetName=configuration_set)
        return answer["EventDestinations"]

    assert [{"Name": "events", **wanted}] == found()
    changed = {**wanted, "MatchingEventTypes": ["BOUNCE", "COMPLAINT"]}
    ses.update_configuration_set_event_destination(**name, EventDestination=changed)
    assert [{"Name": "events", **changed}] == found()
    ses.delete_configuration_set_event_destination(**name)
    assert [] == found()
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.delete_configuration_set_event_destination(**name)


def test_a_configuration_set_that_is_deleted_is_gone(ses, configuration_set):
    """Another of the same name begins anew."""
    ses.delete_configuration_set(ConfigurationSetName=configuration_set)

    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_configuration_set(ConfigurationSetName=configuration_set)
