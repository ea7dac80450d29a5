"""Answers to calls whose caller is not known, in each protocol's own shape.

AWS's services agree neither on the code nor on the status, so that a client is told what its service says.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stage.control_plane import protocol_errors
from stage.control_plane.callers import Refusal
from stage.control_plane.protocol_errors import Protocol, Said

_INVALID = "The security token included in the request is invalid."
_EXPIRED = "The security token included in the request is expired"
# Their JSON has the codes of the query protocol that they spoke before, in a header of its own.
# https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
_ONCE_QUERY = frozenset({"sqs", "monitoring"})

Refusals = Mapping[Refusal, Said]

# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
_QUERY: Refusals = {
    Refusal.UNKNOWN_KEY: Said(403, "InvalidClientTokenId", _INVALID),
    Refusal.WRONG_TOKEN: Said(403, "InvalidClientTokenId", _INVALID),
    Refusal.EXPIRED: Said(403, "ExpiredToken", _EXPIRED),
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_JSON: Refusals = {
    Refusal.UNKNOWN_KEY: Said(400, "UnrecognizedClientException", _INVALID),
    Refusal.WRONG_TOKEN: Said(400, "UnrecognizedClientException", _INVALID),
    Refusal.EXPIRED: Said(400, "ExpiredTokenException", _EXPIRED),
}
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_S3: Refusals = {
    Refusal.UNKNOWN_KEY: Said(
        403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
    ),
    Refusal.WRONG_TOKEN: Said(400, "InvalidToken", "The provided token is malformed or otherwise invalid."),
    Refusal.EXPIRED: Said(400, "ExpiredToken", "The provided token has expired."),
}
_NOT_VALIDATED = Said(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_EC2: Refusals = {
    Refusal.UNKNOWN_KEY: _NOT_VALIDATED,
    Refusal.WRONG_TOKEN: _NOT_VALIDATED,
    Refusal.EXPIRED: Said(400, "RequestExpired", "Request has expired."),
}
# REST has the codes of JSON, with a status that says more.
_BY_PROTOCOL: Mapping[Protocol, Refusals] = {
    Protocol.EC2: _EC2,
    Protocol.JSON: _JSON,
    Protocol.QUERY: _QUERY,
    Protocol.REST_JSON: {reason: replace(said, status=403) for reason, said in _JSON.items()},
    Protocol.REST_XML: _QUERY,
    Protocol.S3: _S3,
}


def answer(service: str, reason: Refusal, environ: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body with which a call is refused.

    Args:
        service: What the call is signed for, such as `sqs` or `elasticloadbalancing`.
        reason: Why it is refused.
        environ: The request as WSGI has it; its headers tell the protocol.
    """
    protocol = protocol_errors.protocol_of(service, environ)
    said = _BY_PROTOCOL[protocol][reason]
    if protocol is Protocol.JSON and service in _ONCE_QUERY:
        before = _QUERY[reason]
        said = replace(said, status=before.status, query_code=before.code)
    return protocol_errors.answer(protocol, said, environ)
