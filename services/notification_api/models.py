"""Bodies of the Notification API's requests and responses."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetPydanticSchema,
    SkipValidation,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
)

from notification_api.address import mail_address
from shared.message import NotificationId, Priority
from shared.text import (
    HTTPS_URL_PATTERN,
    MAX_HTTPS_URL_LENGTH,
    display_name,
    https_url,
    single_line,
    xml_characters,
)

SUBJECT_LENGTH = 255
BODY_LENGTH = 100_000
MAX_ITEMS = 100
MAX_VARIABLES = 50
# Encoded for a header, it is at most six lines.
FROM_NAME_LENGTH = 64
# As long as SQS keeps a message.
MAX_EXPIRY = timedelta(days=14)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings for the validation of requests; the context that these models are validated in.

    Attributes:
        smtputf8: Whether the relay takes addresses with characters beyond ASCII before the @ (RFC 6531).
    """

    smtputf8: bool = False


_STRICTEST = Rules()

_ID = "0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11-5d0c2ae8b1f4"


def _address(value: str, info: ValidationInfo) -> str:
    rules: Rules = info.context or _STRICTEST
    return mail_address(value, smtputf8=rules.smtputf8)


def _rfc_3339(value: Any) -> Any:
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        return value
    raise ValueError("must be a time with its offset from UTC, such as 2030-01-31T12:00:00Z (RFC 3339)")


def _near_future(value: datetime) -> datetime:
    left = value - datetime.now(UTC)
    if left <= timedelta():
        raise ValueError("must be in the future")
    if left > MAX_EXPIRY:
        raise ValueError(f"must be at most {MAX_EXPIRY.days} days ahead")
    return value.astimezone(UTC)


# Lengths first: the validators that follow then never see more than is allowed.
Recipient = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
Subject = Annotated[
    str, StringConstraints(min_length=1, max_length=SUBJECT_LENGTH), AfterValidator(single_line)
]
Body = Annotated[str, StringConstraints(min_length=1, max_length=BODY_LENGTH), AfterValidator(xml_characters)]
FromName = Annotated[
    str, StringConstraints(min_length=1, max_length=FROM_NAME_LENGTH), AfterValidator(display_name)
]
HttpsUrl = Annotated[
    str,
    StringConstraints(max_length=MAX_HTTPS_URL_LENGTH),
    AfterValidator(https_url),
    WithJsonSchema({"type": "string", "pattern": HTTPS_URL_PATTERN, "maxLength": MAX_HTTPS_URL_LENGTH}),
]
ExpiresAt = Annotated[AwareDatetime, BeforeValidator(_rfc_3339), AfterValidator(_near_future)]
# One error for both kinds: which of them was meant is not known. Numbers are what every JSON parser and every
# template can write out again.
Variable = Annotated[
    Annotated[str, StringConstraints(max_length=10_000)]
    | Annotated[
        int,
        Field(strict=True, ge=-(2**63), le=2**63 - 1),
        # FastAPI writes limits as floats, which would round these.
        WithJsonSchema({"type": "integer", "format": "int64"}),
    ],
    GetPydanticSchema(
        lambda source, handler: {
            **handler(source),
            "custom_error_type": "variable",
            "custom_error_message": "must be a string of at most 10000 characters or a 64-bit integer",
        }
    ),
]
IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[\x21-\x7e]+$")]


class _AnyNotification(BaseModel):
    model_config = ConfigDict(extra="forbid")

    recipient: Recipient = Field(examples=["ada@example.com"])
    priority: Priority = Field(default="normal", description="`high` overtakes `normal`.")
    from_name: FromName | None = Field(
        default=None,
        description="Display name of the address that the mail is sent from.",
        examples=["Ada's Books"],
    )
    reply_to: Recipient | None = Field(
        default=None, description="Address for replies.", examples=["help@example.com"]
    )
    list_unsubscribe: HttpsUrl | None = Field(
        default=None,
        description="URL at which a POST unsubscribes the recipient (one click, RFC 8058).",
        examples=["https://example.com/unsubscribe?token=4f9a"],
    )
    expires_at: ExpiresAt | None = Field(
        default=None,
        description="Time after which the mail is no longer sent, at most "
        f"{MAX_EXPIRY.days} days ahead. Repeats of an `Idempotency-Key` may have a different one.",
    )


class WrittenNotification(_AnyNotification):
    """A notification whose caller wrote subject and body."""

    subject: Subject = Field(examples=["Your order has shipped"])
    body: Body = Field(examples=["It should be with you on Thursday."])
    html: Body | None = Field(
        default=None,
        description="The same content as HTML, which mail clients show instead if they can.",
        examples=["<p>It should be with you on <b>Thursday</b>.</p>"],
    )


class TemplatedNotification(_AnyNotification):
    """A notification whose subject and body are a built-in template, filled in with data."""

    template: str = Field(examples=["welcome"], max_length=64)
    data: dict[str, Variable] = Field(default={}, examples=[{"name": "Ada"}], max_length=MAX_VARIABLES)


class WrittenItem(WrittenNotification):
    """A notification of a batch, whose caller wrote subject and body."""

    idempotency_key: IdempotencyKey | None = Field(default=None, examples=["order-1042-shipped"])


class TemplatedItem(TemplatedNotification):
    """A notification of a batch, whose subject and body are a built-in template, filled in with data."""

    idempotency_key: IdempotencyKey | None = Field(default=None, examples=["order-1042-shipped"])


def _form(value: Any) -> str:
    has_template = "template" in value if isinstance(value, dict) else hasattr(value, "template")
    return "template" if has_template else "written"


# By what the caller gave, so that an error is about the form they meant.
Notification = Annotated[
    Annotated[WrittenNotification, Tag("written")] | Annotated[TemplatedNotification, Tag("template")],
    Discriminator(_form),
]
Item = Annotated[
    Annotated[WrittenItem, Tag("written")] | Annotated[TemplatedItem, Tag("template")], Discriminator(_form)
]


class Batch(BaseModel):
    """Notifications that are validated, accepted and sent one by one."""

    model_config = ConfigDict(extra="forbid")

    # One by one and later: an invalid one must not keep the others from being accepted.
    notifications: Annotated[list[SkipValidation[Item]], Field(min_length=1, max_length=MAX_ITEMS)]


NOTIFICATION: TypeAdapter[WrittenNotification | TemplatedNotification] = TypeAdapter(Notification)
ITEM: TypeAdapter[WrittenItem | TemplatedItem] = TypeAdapter(Item)
BATCH = TypeAdapter(Batch)


class Accepted(BaseModel):
    """Confirmation that the queue has the notification."""

    id: NotificationId = Field(examples=[_ID])


class InvalidField(BaseModel):
    """An invalid field of a request."""

    pointer: str = Field(
        description="JSON pointer into the body, or the name of the header.", examples=["#/recipient"]
    )
    detail: str = Field(examples=["not a valid email address: There must be something before the @-sign."])


class Problem(BaseModel):
    """A problem (RFC 9457); members without a value are left out."""

    type: str = Field(default="about:blank")
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The request has 1 invalid field."])
    errors: list[InvalidField] | None = Field(
        default=None,
        description="Invalid fields of the request, if there are any; the first 20 if there are more.",
    )
    trace_id: str | None = Field(
        default=None, description="Trace id, which is in every log line of this request."
    )


class ItemResult(BaseModel):
    """Result for one notification of a batch: accepted with an `id`, or refused with a `problem`."""

    index: int = Field(ge=0, description="Position in the request, from 0.", examples=[0])
    status: int = Field(
        description="Status that the notification would have received on its own.", examples=[202]
    )
    id: NotificationId | None = Field(default=None, examples=[_ID])
    problem: Problem | None = None


class BatchResult(BaseModel):
    """Result for each notification, in the order of the request."""

    results: list[ItemResult]
