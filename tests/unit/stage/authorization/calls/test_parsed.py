"""Parameters as moto's parsers find them in a request, held against those that boto3 was given."""

from urllib.parse import urlencode

import pytest
from botocore.serialize import create_serializer
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import ServiceOperationRouter
from moto.core.utils import get_service_model

from stage.authorization.calls.authorize import asked
from stage.authorization.calls.call import Call
from stage.authorization.calls.table import prefixes, table
from tests.unit.stage.authorization.calls.shapes import SESSION, example, model_of
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things

SERVICES = [(prefix, model) for prefix in prefixes() for model in table(prefix).models]


def sent(model, operation, parameters):
    """A request as it arrives."""
    service = SESSION.get_service_model(model)
    of = service.operation_model(operation)
    made = create_serializer(service.resolved_protocol).serialize_to_request(dict(parameters), of)
    body = made["body"]
    query = made["query_string"] or {}
    path = made["url_path"] + ("&" if "?" in made["url_path"] else "?") + urlencode(query, doseq=True)
    url = f"https://{model}.{REGION}.amazonaws.com{path}"
    return Request.from_primitives(
        made["method"], url, made["headers"], urlencode(body) if isinstance(body, dict) else body
    )


def parsed(model, request):
    """The operation and the parameters that moto finds in a request."""
    service = get_service_model(model)
    operation, path = ServiceOperationRouter(service).match(request)
    parser = PROTOCOL_PARSERS[determine_request_protocol(service, request.content_type)]
    found = parser(service.operation_model(operation.name)).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": path,
        }
    )
    return operation.name, found


@pytest.mark.parametrize(("prefix", "model"), SERVICES)
def test_a_request_takes_the_same_rights_as_its_parameters(prefix, model):
    """Whatever way a service's protocol spells them."""
    service = table(prefix)
    for row in service.rows:
        for operation in row.operations:
            if model != model_of(service.models, operation):
                continue
            call = example(service, row, operation)
            name, found = parsed(model, sent(model, operation, call.parameters))
            assert asked(call, Things()) == asked(Call(model, name, found, REGION, ACCOUNT), Things()), (
                operation
            )
