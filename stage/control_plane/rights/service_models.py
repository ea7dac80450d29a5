"""AWS's model of the service that a request is for: several services sign under one name.

The Elastic Load Balancing of today and the classic one do, and so do S3 and its control, SES and its second
API. moto has the models already, loads each once, and routes by them.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from os.path import commonpath

from moto.core.utils import get_service_model

from stage.authorization.calls.table import table_of
from stage.authorization.errors import UnknownOperationError

_KEPT = 4096


@lru_cache(maxsize=_KEPT)
def by_target(service: str, target: str) -> tuple[str, str]:
    """Name of a model and operation that the header `X-Amz-Target` of the JSON protocol tells.

    https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#protocol-behaviors

    Args:
        service: Name that the request is signed for.
        target: Of the header: "AmazonSQS.SendMessage".

    Raises:
        UnknownOperationError: The service has none such, in a model that there is a table of.
    """
    prefix, _, operation = target.rpartition(".")
    for name in table_of(service).models:
        model = get_service_model(name)
        if model.metadata.get("targetPrefix") == prefix and operation in model.operation_names:
            return name, operation
    raise UnknownOperationError(f"nobody knows what {target} of {service} is")


@cache
def is_query(service: str) -> bool:
    """Whether requests of a service name their operation in the parameter `Action`, at least by a form."""
    return bool(_speakers(service, "query", "ec2"))


@lru_cache(maxsize=_KEPT)
def by_version(service: str, version: str) -> str:
    """Name of the model that the parameter `Version` of the query protocol tells.

    https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#protocol-behaviors

    Args:
        service: Name that the request is signed for.
        version: Date of the model: "2015-12-01"; "" where the request has none, and only one model may be
            meant.

    Raises:
        UnknownOperationError: The service has no such model that there is a table of.
    """
    found = [one for one in _speakers(service, "query", "ec2") if version in {"", _version(one)}]
    if len(found) != 1:
        raise UnknownOperationError(f"nobody knows {service} of the version {version or 'that is not told'}")
    return found[0]


def by_path(service: str, path: str) -> str:
    """Name of the model whose paths a path is one of, of the services that speak REST.

    Args:
        service: Name that the request is signed for.
        path: Of the request: "/v2/email/outbound-emails".

    Raises:
        UnknownOperationError: The service has no such model that there is a table of.
    """
    found = [one for one in _speakers(service, "rest-json", "rest-xml") if path.startswith(_beginning(one))]
    if not found:
        raise UnknownOperationError(f"nobody knows {path} of {service}")
    # A path of S3's control could be an object in a bucket, but moto does not take it for one either.
    return max(found, key=lambda one: len(_beginning(one)))


def _speakers(service: str, *protocols: str) -> Iterable[str]:
    """Names of the models of a service that speak one of some protocols."""
    return [one for one in table_of(service).models if _protocols(one) & {*protocols}]


@cache
def _protocols(name: str) -> frozenset[str]:
    model = get_service_model(name)
    return frozenset(model.metadata.get("protocols") or [str(model.protocol)])


@cache
def _version(name: str) -> str:
    return str(get_service_model(name).api_version)


@cache
def _beginning(name: str) -> str:
    """Text that all paths of a model begin with: "/v20180820/"."""
    model = get_service_model(name)
    paths = [str(model.operation_model(one).http["requestUri"]) for one in model.operation_names]
    return commonpath(paths).partition("{")[0].rstrip("/") + "/"
