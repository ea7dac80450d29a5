"""Answers to calls that policies do not allow, in each service's own code, status and shape.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stage.control_plane import protocol_errors
from stage.control_plane.protocol_errors import Protocol, Said

_KEY = "Message"


@dataclass(frozen=True)
class _Denial:
    """Words of a service.

    Attributes:
        status: HTTP status.
        code: In its own protocol.
        query_code: In the query protocol, if it spoke that before.
        begins: Text that its sentence begins with.
    """

    status: int
    code: str
    query_code: str = ""
    begins: str = ""


# The list of common errors in each service's reference has this code, and gives 400 or 403 for it by the age
# of the page. Services of the JSON protocol answer 400, as DynamoDB documents, and those of REST 403:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
_JSON = _Denial(400, "AccessDeniedException")
_REST = _Denial(403, "AccessDeniedException")
# Of those that speak the query protocol the list has the code of JSON too, and their clients are told this:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html#access-denied-error-examples
_QUERY = _Denial(403, "AccessDenied")
# They speak JSON by now, but keep status and code of the query protocol, the code in a header:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
# https://repost.aws/knowledge-center/sqs-accessdenied-errors
_ONCE_QUERY = _Denial(403, "AccessDeniedException", "AccessDenied")

DENIALS: Mapping[str, _Denial] = {
    # https://docs.aws.amazon.com/autoscaling/application/APIReference/CommonErrors.html
    "application-autoscaling": _JSON,
    # Its operations document a ForbiddenException, but who has no right in IAM is told the common error:
    # https://docs.aws.amazon.com/app-mesh/latest/APIReference/CommonErrors.html
    "appmesh": _REST,
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
    "dynamodb": _JSON,
    # The message that is to be decoded is left out of the sentence.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    "ec2": _Denial(403, "UnauthorizedOperation", begins="You are not authorized to perform this operation. "),
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
    "ecr": _JSON,
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
    "ecs": _JSON,
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html
    "elasticloadbalancing": _QUERY,
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
    "events": _JSON,
    # https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    "iam": _QUERY,
    # https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
    "kms": _JSON,
    # https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
    "lambda": _REST,
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html
    "logs": _JSON,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
    "monitoring": _ONCE_QUERY,
    # https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/CommonErrors.html
    "pipes": _REST,
    # https://docs.aws.amazon.com/Route53/latest/APIReference/CommonErrors.html
    "route53": _QUERY,
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    "s3": _QUERY,
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/CommonErrors.html
    "scheduler": _REST,
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
    "secretsmanager": _JSON,
    # https://docs.aws.amazon.com/cloud-map/latest/api/CommonErrors.html
    "servicediscovery": _JSON,
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
    "ses": _REST,
    # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
    "sns": _Denial(403, "AuthorizationError"),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
    "sqs": _ONCE_QUERY,
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
    "ssm": _JSON,
    # https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
    "sts": _QUERY,
    # https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/CommonErrors.html
    "tagging": _JSON,
    # https://docs.aws.amazon.com/waf/latest/APIReference/CommonErrors.html
    "wafv2": _JSON,
}
"""Words by the name that a service's requests are signed for."""

# Of what there is no table of, and so no right to.
_COMMON = {Protocol.JSON: _JSON, Protocol.REST_JSON: _REST}


def answer(service: str, message: str, environ: Mapping[str, Any]) -> protocol_errors.Answer:
    """Status, headers and body with which a call is denied.

    Args:
        service: Name that the call is signed for, such as "sqs" or "elasticloadbalancing"; "" if it is not
            signed.
        message: AWS's sentence of who may not do what, and why.
        environ: The request as WSGI has it; its headers tell the protocol.
    """
    protocol = protocol_errors.protocol_of(service, environ)
    denial = DENIALS.get(service) or _COMMON.get(protocol, _QUERY)
    code = denial.query_code if denial.query_code and protocol is Protocol.QUERY else denial.code
    said = Said(denial.status, code, denial.begins + message, denial.query_code, _KEY)
    return protocol_errors.answer(protocol, said, environ)
