import json

import pytest

_PARTS = {
    "Bounce": {
        "bounce": {
            "feedbackId": "0100017d-bounce-000000",
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [
                {
                    "emailAddress": "ada@example.com",
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 <ada@example.com>: user unknown",
                }
            ],
            "timestamp": "2026-11-02T10:00:05.250Z",
            "reportingMTA": "dsn; a1-2.smtp-out.example.com",
        }
    },
    "Complaint": {
        "complaint": {
            "feedbackId": "0100017d-complaint-000000",
            "complaintSubType": None,
            "complainedRecipients": [{"emailAddress": "ada@example.com"}],
            "timestamp": "2026-11-02T10:00:09.000Z",
            "userAgent": "Feedback-Loop/1.0",
            "complaintFeedbackType": "abuse",
            "arrivalDate": "2026-11-02T10:00:08.000Z",
        }
    },
    "Delivery": {
        "delivery": {
            "timestamp": "2026-11-02T10:00:03.500Z",
            "processingTimeMillis": 1500,
            "recipients": ["ada@example.com"],
            "smtpResponse": "250 2.0.0 OK queued",
            "reportingMTA": "a1-2.smtp-out.example.com",
        }
    },
    "Send": {"send": {}},
    "Reject": {"reject": {"reason": "Bad content"}},
    "DeliveryDelay": {
        "deliveryDelay": {
            "timestamp": "2026-11-02T10:00:02.000Z",
            "delayType": "TransientCommunicationFailure",
            "expirationTime": "2026-11-03T10:00:02.000Z",
            "delayedRecipients": [
                {
                    "emailAddress": "ada@example.com",
                    "status": "4.4.1",
                    "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host",
                }
            ],
        }
    },
    "Rendering Failure": {
        "failure": {"errorMessage": "Attribute 'name' is not present", "templateName": "welcome"}
    },
    "Open": {"open": {"ipAddress": "192.0.2.1", "timestamp": "2026-11-02T10:00:09.000Z", "userAgent": "-"}},
    "Click": {
        "click": {
            "ipAddress": "192.0.2.1",
            "timestamp": "2026-11-02T10:00:09.000Z",
            "link": "https://a.example",
        }
    },
    "Subscription": {
        "subscription": {
            "contactList": "all",
            "timestamp": "2026-11-02T10:00:09.000Z",
            "source": "UnsubscribeHeader",
        }
    },
}
_TAGS = {
    "ses:operation": ["SendEmail"],
    "ses:configuration-set": ["notifications-test"],
    "ses:source-ip": ["192.0.2.7"],
    "ses:from-domain": ["example.com"],
    "ses:caller-identity": ["notifications-test-email-sender-task"],
    "notification_id": ["id-1"],
    "attempt": ["1"],
}


@pytest.fixture
def ses_record():
    """A record of this type with the fields that SES documents, those of its part changed.

    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
    """

    def make(kind: str, *, tags: dict | None = None, **changes: object) -> str:
        mail = {
            "timestamp": "2026-11-02T10:00:01.000Z",
            "source": "us@example.com",
            "sourceArn": "arn:aws:ses:eu-central-1:123456789012:identity/example.com",
            "sendingAccountId": "123456789012",
            "messageId": "0100017d-mail-000000",
            "destination": ["ada@example.com"],
            "headersTruncated": False,
            "headers": [{"name": "From", "value": "us@example.com"}, {"name": "Subject", "value": "Hello"}],
            "commonHeaders": {"from": ["us@example.com"], "to": ["ada@example.com"], "subject": "Hello"},
            "tags": _TAGS | (tags or {}),
        }
        part = {name: {**fields, **changes} for name, fields in _PARTS[kind].items()}
        return json.dumps({"eventType": kind, "mail": mail, **part})

    return make


@pytest.fixture
def in_envelope():
    """What SNS makes of a message where delivery is not raw.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
    """

    def wrap(message: str, kind: str = "Notification") -> str:
        return json.dumps(
            {
                "Type": kind,
                "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
                "TopicArn": "arn:aws:sns:eu-central-1:123456789012:notifications-test-mail-events",
                "Subject": "Amazon SES Email Event Notification",
                "Message": message,
                "Timestamp": "2026-11-02T10:00:10.000Z",
                "SignatureVersion": "1",
            }
        )

    return wrap
