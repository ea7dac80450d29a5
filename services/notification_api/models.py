"""What a caller of the Notification API sends and gets."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    EmailStr,
    Field,
    StrictInt,
    StringConstraints,
    Tag,
)

from contract.message import NotificationId
from contract.text import single_line, xml_characters

SUBJECT_LENGTH = 255
BODY_LENGTH = 100_000

# Lengths first: the validators that follow then never see more than is allowed.
Subject = Annotated[
    str, StringConstraints(min_length=1, max_length=SUBJECT_LENGTH), AfterValidator(single_line)
]
Body = Annotated[str, StringConstraints(min_length=1, max_length=BODY_LENGTH), AfterValidator(xml_characters)]
Variable = Annotated[str, StringConstraints(max_length=10_000)] | StrictInt


class WrittenNotification(BaseModel):
    """A notification whose caller wrote subject and body."""

    model_config = ConfigDict(extra="forbid")

    recipient: EmailStr = Field(examples=["ada@example.com"])
    subject: Subject = Field(examples=["Your order has shipped"])
    body: Body = Field(examples=["It should be with you on Thursday."])


class TemplatedNotification(BaseModel):
    """A notification whose subject and body are a built-in template, filled in with data."""

    model_config = ConfigDict(extra="forbid")

    recipient: EmailStr = Field(examples=["ada@example.com"])
    template: str = Field(examples=["welcome"], max_length=64)
    data: dict[str, Variable] = Field(default={}, examples=[{"name": "Ada"}], max_length=50)


def _form(value: Any) -> str:
    has_template = "template" in value if isinstance(value, dict) else hasattr(value, "template")
    return "template" if has_template else "written"


NotificationRequest = Annotated[
    Annotated[WrittenNotification, Tag("written")] | Annotated[TemplatedNotification, Tag("template")],
    # By what the caller gave, so that an error is about the form they meant.
    Discriminator(_form),
]


class Accepted(BaseModel):
    """The queue has the notification."""

    id: NotificationId = Field(examples=["0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11"])


class InvalidField(BaseModel):
    """One thing wrong with a request."""

    pointer: str = Field(
        description="JSON pointer into the body, or the header's name", examples=["#/recipient"]
    )
    detail: str = Field(examples=["value is not a valid email address"])


class Problem(BaseModel):
    """A problem as of RFC 9457."""

    type: str = Field(default="about:blank")
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The request has 1 invalid field."])
    errors: list[InvalidField] = Field(default=[], description="Only when fields of the request are invalid")
