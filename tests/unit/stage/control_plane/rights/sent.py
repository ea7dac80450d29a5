"""Requests of botocore as a WSGI server has them, without a connection."""

from functools import cache
from urllib.parse import urlencode

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.serialize import create_serializer
from moto.core.request import Request

from stage.authorization.calls.table import prefixes, table
from tests.unit.stage.authorization.calls.shapes import SESSION, example, model_of
from tests.unit.stage.authorization.calls.world import REGION

ENDPOINT = "http://127.0.0.1:9"
MODELS = [(prefix, model) for prefix in prefixes() for model in table(prefix).models]


class SentError(Exception):
    """A request has come as far as a connection would be opened.

    Attributes:
        environ: The request.
    """

    def __init__(self, request):
        super().__init__(request.url)
        self.environ = environ_of(request.method, request.url, request.headers, request.body)


def examples(prefix, model):
    """Example of each operation of a model that there is a row of."""
    service = table(prefix)
    for row in service.rows:
        for operation in row.operations:
            if model == model_of(service.models, operation):
                yield example(service, row, operation)


def environ_of(method, url, headers, body=b""):
    """The environment of a request."""
    return Request.from_primitives(method, url, headers, body or b"").environ


def serialized(model, operation, parameters):
    """The environment of a request as botocore's serializer makes it, signed as far as anybody looks."""
    service = SESSION.get_service_model(model)
    made = create_serializer(service.resolved_protocol).serialize_to_request(
        dict(parameters), service.operation_model(operation)
    )
    body = made["body"]
    query = urlencode(made["query_string"] or {}, doseq=True)
    url = f"{ENDPOINT}{made['url_path']}{'&' if '?' in made['url_path'] else '?'}{query}"
    return environ_of(
        made["method"],
        url,
        {**made["headers"], **signed(service.signing_name)},
        urlencode(body) if isinstance(body, dict) else body,
    )


def signed(service, region=REGION):
    """The header of a signature that is none."""
    scope = f"AKIAEXAMPLE/20260101/{region}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}


def _stop(request, **_):
    raise SentError(request)


@cache
def client(model, region=REGION, signature_version=None, on_send=_stop):
    """A client that opens no connection: it hands over its requests, which end in SentError by themselves."""
    made = boto3.session.Session(region_name=region).client(
        model,
        endpoint_url=ENDPOINT,
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="any",
        config=Config(
            retries={"total_max_attempts": 1},
            proxies={},
            signature_version=signature_version,
        ),
    )
    made.meta.events.register_first("before-send", on_send)
    return made


def sent(model, operation, parameters, region=REGION):
    """The environment of a request as a client sends it."""
    try:
        getattr(client(model, region), xform_name(operation))(**parameters)
    except SentError as stopped:
        return stopped.environ
    raise AssertionError(f"{operation} was never sent")
