"""Errors that AWS answers when a service is overloaded, throttled or away, in each service's own shape.

Services of the JSON protocol name an error in `__type`, whose part before `#` is theirs:
https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SQS = "com.amazonaws.sqs"
_DYNAMODB = "com.amazonaws.dynamodb.v20120810"
_CORAL = "com.amazon.coral.availability"
_SECRETS_MANAGER = "com.amazonaws.secretsmanager"
_SINGLE_WRITES = frozenset({"DeleteItem", "PutItem", "UpdateItem"})
_TRANSACTION = "TransactWriteItems"


@dataclass(frozen=True)
class AwsError:
    """An error as a service answers it.

    Attributes:
        status: HTTP status.
        namespace: First part of `__type`.
        message: Its words.
        operations: Operations that it comes from; None for all.
    """

    status: int
    namespace: str
    message: str
    operations: frozenset[str] | None = None


_EXCEEDED = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
    "provisioning level with the UpdateTable API."
)
_AWAY = AwsError(503, _CORAL, "Service is temporarily unavailable.")

# By the service that a request is signed for.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
ERRORS: Mapping[str, Mapping[str, AwsError]] = {
    "sqs": {
        "ServiceUnavailable": _AWAY,
        "InternalFailure": AwsError(500, _SQS, "The request processing has failed."),
        "RequestThrottled": AwsError(400, _SQS, "The request was denied due to request throttling."),
        "ThrottlingException": AwsError(400, _CORAL, "Rate exceeded"),
    },
    "dynamodb": {
        "ServiceUnavailable": _AWAY,
        "InternalServerError": AwsError(500, _DYNAMODB, "Internal server error"),
        "ThrottlingException": AwsError(400, _CORAL, "Rate exceeded"),
        "ProvisionedThroughputExceededException": AwsError(400, _DYNAMODB, _EXCEEDED),
        "RequestLimitExceeded": AwsError(400, _DYNAMODB, "Throughput exceeds the current account limit."),
        "TransactionConflictException": AwsError(
            400, _DYNAMODB, "Transaction is ongoing for the item", _SINGLE_WRITES
        ),
        "TransactionCanceledException": AwsError(400, _DYNAMODB, "", frozenset({_TRANSACTION})),
    },
    "secretsmanager": {
        "ServiceUnavailable": _AWAY,
        "InternalServiceError": AwsError(500, _SECRETS_MANAGER, "An error occurred on the server side."),
        "ThrottlingException": AwsError(400, _CORAL, "Rate exceeded"),
    },
}
"""Errors by service and code."""

DEFAULT_CODE = "ServiceUnavailable"
"""The error of a service that is away."""


def answer(service: str, code: str, request: bytes, content_type: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an error.

    Args:
        service: One of `ERRORS`.
        code: One of the service's.
        request: Body of the request that is refused.
        content_type: The request's, which is the answer's too.
    """
    error = ERRORS[service][code]
    body: dict[str, Any] = {"__type": f"{error.namespace}#{code}", "message": error.message}
    if code == "TransactionCanceledException":
        # Each item has a reason of its own; here another transaction is under way on the first.
        reasons: list[dict[str, str]] = [{"Code": "None"} for _ in json.loads(request)["TransactItems"]]
        reasons[0] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
        said = ", ".join(reason["Code"] for reason in reasons)
        body["CancellationReasons"] = reasons
        body["Message"] = body.pop("message") + (
            "Transaction cancelled, please refer cancellation reasons for specific reasons " + f"[{said}]"
        )
    payload = json.dumps(body).encode()
    told = headers(content_type, payload, str(uuid.uuid4()))
    if service == "sqs":
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
        fault = "Sender" if error.status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's own line
        told["x-amzn-query-error"] = f"{code};{fault}"
    return error.status, told, payload


def headers(content_type: str, body: bytes, request_id: str) -> dict[str, str]:
    """Headers that every error has.

    Args:
        content_type: Of the body.
        body: What the error says.
        request_id: Number of the request, which a body may say, too.
    """
    return {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "x-amzn-RequestId": request_id,
    }
