"""A proxy of the AWS provider that leaves out of its schemas what no file of Terraform names.

Every Terraform asks its provider for all schemas: of fifteen hundred types, of which a system has sixty.
Reading them is a third of a plan, and nine tenths of showing one. All other calls pass as they are.
"""

import json
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import grpc

# As many calls as Terraform has under way at a time (-parallelism).
_CALLS = 10
# The schemas take more than gRPC's limit of 4 MB.
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_SCHEMAS = ("GetSchema", "GetProviderSchema")
# Of resources, data sources and ephemeral resources, as entries of a map by type
# (https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto).
_BY_TYPE = {2, 3, 8}
_LENGTH_DELIMITED = 2


class UsedSchemas(grpc.GenericRpcHandler):
    """Listens beside a provider and passes on what Terraform asks.

    Args:
        address: Where the provider listens, as TF_REATTACH_PROVIDERS has it.
        used: Types whose schemas Terraform needs.

    Attributes:
        address: Where this listens, in the same form.
    """

    def __init__(self, address: str, used: Collection[str]) -> None:
        providers = json.loads(address)
        [provider] = providers.values()
        self._used = frozenset(used)
        self._channel = grpc.insecure_channel(f"unix:{provider['Addr']['String']}", _OPTIONS)
        self._folder = tempfile.TemporaryDirectory()
        socket = f"{self._folder.name}/provider"
        self._server = grpc.server(ThreadPoolExecutor(_CALLS), [self], options=_OPTIONS)
        self._server.add_insecure_port(f"unix:{socket}")
        self._server.start()
        provider["Addr"]["String"] = socket
        self.address = json.dumps(providers)

    def stop(self) -> None:
        """Listen no more."""
        self._server.stop(None).wait()
        self._channel.close()
        self._folder.cleanup()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """What handles a method: only the provider's own; Terraform does without go-plugin's streams."""
        method = handler_call_details.method
        if ".Provider/" not in method:
            return None
        return grpc.unary_unary_rpc_method_handler(self._handler(method))

    @cache  # noqa: B019 - as many as there are methods
    def _handler(self, method: str) -> Callable[[bytes, grpc.ServicerContext], bytes]:
        ask = self._channel.unary_unary(method)
        kept: list[bytes] = []

        def pass_on(request: bytes, context: grpc.ServicerContext) -> bytes:
            try:
                return bytes(ask(request))
            except grpc.RpcError as error:
                call: Any = error
                context.abort(call.code(), call.details())
                raise

        def pass_on_used(request: bytes, context: grpc.ServicerContext) -> bytes:
            if not kept:
                kept.append(only_used(pass_on(request, context), self._used))
            return kept[0]

        return pass_on_used if method.rpartition("/")[2] in _SCHEMAS else pass_on


def named_types(*folders: Path) -> set[str]:
    """Types of AWS's provider that the files of Terraform below some folders name, in whatever place."""
    files = (file for folder in folders for file in folder.rglob("*.tf"))
    return {name for file in files for name in re.findall(r'"(aws_\w+)"', file.read_text())}


def only_used(schemas: bytes, used: Collection[str]) -> bytes:
    """A provider's answer without the schemas of other types than these."""
    return b"".join(
        schemas[start:end]
        for number, start, value, end in _fields(schemas)
        if number not in _BY_TYPE or _key(schemas, value) in used
    )


def _fields(message: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Number, offset, offset of the value and end of each field of a message of protobuf.

    Raises:
        ValueError: A field is a number, of which this message has none.
    """
    at = 0
    while at < len(message):
        start = at
        tag, at = _varint(message, at)
        if tag & 7 != _LENGTH_DELIMITED:
            raise ValueError(f"the provider's schemas have an unknown field {tag >> 3}")
        length, at = _varint(message, at)
        yield tag >> 3, start, at, at + length
        at += length


def _key(message: bytes, entry: int) -> str:
    """Key of the entry of a map that begins at an offset."""
    _, at = _varint(message, entry)
    length, at = _varint(message, at)
    return message[at : at + length].decode()


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
