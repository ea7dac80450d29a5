import json
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from tests.plan.used_schemas import UsedSchemas, named_types, only_used
from tests.waiting import SOON


def _field(number, value):
    """A field of protobuf whose value has a length."""
    length, size = len(value), b""
    while length > 0x7F:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + value


def _of_type(number, name, schema=b"s" * 300):
    """Schema of a type, as an entry of a map."""
    return _field(number, _field(1, name.encode()) + _field(2, schema))


@pytest.mark.parametrize("number", [2, 3, 8])
def test_a_schema_that_nobody_names_is_left_out(number):
    """Be it of a resource, a data source or an ephemeral resource."""
    queue, topic = _of_type(number, "aws_sqs_queue"), _of_type(number, "aws_sns_topic")

    assert queue == only_used(queue + topic, {"aws_sqs_queue"})
    assert queue + topic == only_used(queue + topic, {"aws_sqs_queue", "aws_sns_topic"})


def test_whatever_else_a_provider_says_stays():
    """Its own schema, diagnostics, what it is capable of, its functions."""
    others = _field(1, b"provider") + _field(4, b"") + _field(6, b"\x08\x01") + _of_type(7, "arn_parse")

    assert others == only_used(others, set())


def test_an_answer_in_another_form_is_an_error():
    """A newer protocol may have more than is known here."""
    with pytest.raises(ValueError, match="unknown field 9"):
        only_used(b"\x48\x01", set())


def test_types_are_named_wherever_they_stand(tmp_path):
    """In a resource or a data source, of whichever module."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "this" {}\n')
    (tmp_path / "modules" / "data.tf").write_text('data "aws_region" "current" {}\n')

    assert {"aws_sqs_queue", "aws_region"} == named_types(tmp_path)


class _Provider(grpc.GenericRpcHandler):
    """A provider with two schemas, which plans whatever it is given, and nothing for no request."""

    def __init__(self):
        self.asked = []

    def service(self, handler_call_details):
        method = handler_call_details.method.rpartition("/")[2]

        def answer(request, context):
            self.asked.append(method)
            if not request:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "nothing to plan")
            if method == "GetSchema":
                return _of_type(2, "aws_sqs_queue") + _of_type(2, "aws_sns_topic")
            return b"planned " + request

        return grpc.unary_unary_rpc_method_handler(answer)


@pytest.fixture
def provider(tmp_path):
    """A provider that listens; `address` says where."""
    provider = _Provider()
    server = grpc.server(ThreadPoolExecutor(1), [provider])
    server.add_insecure_port(f"unix:{tmp_path}/aws")
    server.start()
    provider.address = json.dumps(
        {"aws": {"Protocol": "grpc", "Addr": {"Network": "unix", "String": f"{tmp_path}/aws"}}}
    )
    yield provider
    server.stop(None).wait(SOON)


@pytest.fixture
def ask(provider):
    """Ask a method of the provider as Terraform does, for the schema of queues alone."""
    schemas = UsedSchemas(provider.address, {"aws_sqs_queue"})
    where = json.loads(schemas.address)["aws"]
    assert "grpc" == where["Protocol"]
    with grpc.insecure_channel(f"unix:{where['Addr']['String']}") as channel:
        yield lambda method, request: channel.unary_unary(method)(request, timeout=SOON)
    schemas.stop()


def test_terraform_is_told_the_schemas_that_are_named(provider, ask):
    """However many Terraforms there are, the provider is asked once."""
    answers = {ask("/tfplugin5.Provider/GetSchema", b"all") for _ in range(3)}

    assert {_of_type(2, "aws_sqs_queue")} == answers
    assert ["GetSchema"] == provider.asked


def test_any_other_call_passes_as_it_is(ask):
    """Its answer, and its error."""
    assert b"planned queue" == ask("/tfplugin5.Provider/PlanResourceChange", b"queue")
    with pytest.raises(grpc.RpcError) as refused:
        ask("/tfplugin5.Provider/PlanResourceChange", b"")
    assert (grpc.StatusCode.INVALID_ARGUMENT, "nothing to plan") == (
        refused.value.code(),
        refused.value.details(),
    )


def test_streams_of_the_plugins_own_are_not_offered(provider, ask):
    """Terraform does without them."""
    with pytest.raises(grpc.RpcError) as refused:
        ask("/plugin.GRPCStdio/StreamStdio", b"x")
    assert grpc.StatusCode.UNIMPLEMENTED == refused.value.code()
    assert [] == provider.asked
