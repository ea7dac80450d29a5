"""Condition keys of the way that a call took, which its parameters do not tell.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from stage.authorization.request import Value

_TLS_VERSION = 1.3
_SIGNED_AT = "%Y%m%dT%H%M%SZ"


def way_of(
    environ: Mapping[str, Any], service: str, region: str, now: float | None = None
) -> dict[str, Value]:
    """Condition keys of the way of a call.

    It came by TLS: the emulated AWS itself speaks HTTP over the loopback, but stands for endpoints that
    AWS's SDKs and Terraform's provider speak to by TLS alone.

    Args:
        environ: The request as WSGI has it.
        service: Name that it is signed for; "" if it is not signed.
        region: That it is made in.
        now: Seconds since the Unix epoch; None for the machine's clock. Lifetimes of credentials end by the
            same clock.
    """
    seconds = time.time() if now is None else now
    found: dict[str, Value] = {
        "aws:SecureTransport": True,
        "aws:EpochTime": int(seconds),
        "aws:CurrentTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
    }
    for key, name in _TOLD:
        if value := environ.get(name):
            found[key] = value
    if service in {"s3", ""}:
        found |= _of_s3(environ, seconds)
    elif service == "ec2":
        found["ec2:Region"] = region
    elif service == "ses":
        # https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
        found["ses:ApiVersion"] = "2"
    return found


_TOLD = (
    ("aws:SourceIp", "REMOTE_ADDR"),
    ("aws:UserAgent", "HTTP_USER_AGENT"),
    ("aws:Referer", "HTTP_REFERER"),
)


def _of_s3(environ: Mapping[str, Any], seconds: float) -> dict[str, Value]:
    """How a call of S3 is signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
    """
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
    found: dict[str, Value] = {"s3:TlsVersion": _TLS_VERSION}
    query = environ.get("QUERY_STRING", "")
    if content := environ.get("HTTP_X_AMZ_CONTENT_SHA256"):
        found["s3:x-amz-content-sha256"] = content
    if environ.get("HTTP_AUTHORIZATION", "").startswith("AWS4-"):
        found["s3:authType"] = "REST-HEADER"
        found["s3:signatureversion"] = environ["HTTP_AUTHORIZATION"].partition(" ")[0]
    elif "X-Amz-Algorithm=" in query:
        told = {name: values[0] for name, values in parse_qs(query).items()}
        found["s3:authType"] = "REST-QUERY-STRING"
        found["s3:signatureversion"] = told["X-Amz-Algorithm"]
        with suppress(KeyError, ValueError):
            signed_at = datetime.strptime(told["X-Amz-Date"], _SIGNED_AT).replace(tzinfo=UTC)
            found["s3:signatureAge"] = max(0, int((seconds - signed_at.timestamp()) * 1000))
    return found
