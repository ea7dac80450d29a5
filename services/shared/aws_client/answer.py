"""Answers of AWS's JSON protocol, read as botocore reads them.

https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

import json
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError

from shared.aws_client.transport import Reply

OK = range(200, 300)
"""Statuses of a successful answer."""


class UnreadableAnswerError(HTTPClientError):
    """A successful status with a body that cannot be read: something in between may have answered."""

    fmt = 'The answer of "{endpoint_url}" cannot be read: {error}'


def read_object(body: bytes, url: str) -> dict[str, Any]:
    """The JSON object that a body is.

    Args:
        body: Bytes as they came.
        url: Where they came from, for the error's message.

    Raises:
        UnreadableAnswerError: It is none.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswerError(endpoint_url=url, error=error) from error
    if not isinstance(answer, dict):
        raise UnreadableAnswerError(endpoint_url=url, error="no JSON object")
    return answer


def read_refusal(reply: Reply, operation: str) -> ClientError:
    """The error as botocore makes it: code, message, and what else the service says.

    Args:
        reply: An answer that is none of success.
        operation: Name as AWS spells it.
    """
    try:
        said: dict[str, Any] = dict(json.loads(reply.body))
    except (TypeError, ValueError, RecursionError):
        # A proxy or a load balancer in between.
        said = {}
    # E.g. "com.amazonaws.sqs#QueueDoesNotExist", or in the header "ThrottlingException:http://…".
    kind = str(said.pop("__type", "") or reply.headers.get("x-amzn-errortype", ""))
    code = kind.partition(":")[0].rpartition("#")[2] or str(reply.status_code)
    # SQS tells the codes that it had before it spoke JSON in a header; botocore goes by them.
    code = reply.headers.get("x-amzn-query-error", "").partition(";")[0] or code
    message = said.pop("message", None) or said.pop("Message", "")
    answer: Any = {
        **said,
        "Error": {"Code": code, "Message": str(message)},
        "ResponseMetadata": {"HTTPStatusCode": reply.status_code},
    }
    return ClientError(answer, operation)
