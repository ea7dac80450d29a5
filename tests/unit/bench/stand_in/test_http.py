import asyncio
import json

import pytest

from tests.bench.stand_in.errors import AwsError
from tests.bench.stand_in.http import JsonProtocol
from tests.waiting import SOON


def request(target, document):
    """A request as SDKs send it."""
    body = json.dumps(document)
    return f"POST / HTTP/1.1\r\nX-Amz-Target: {target}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()


@pytest.fixture
def polls():
    """What was asked with `Poll`, to be answered by a test."""
    return asyncio.Queue()


@pytest.fixture
async def connection(serving, polls):
    """A connection to something that echoes, refuses or waits."""

    def answer(target, document):
        if target == "Refuse":
            raise AwsError("Nope", "not today", Item={"a": 1})
        if target == "Poll":
            future = asyncio.get_running_loop().create_future()
            polls.put_nowait(future)
            return future
        return {"target": target, **document}

    async with serving(lambda: JsonProtocol(answer)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        yield reader, writer
        writer.close()


async def answered(reader):
    """Status and document of the next answer."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SOON)
    length = int(head.lower().partition(b"content-length: ")[2].split()[0])
    return int(head.split()[1]), json.loads(await reader.readexactly(length))


async def test_requests_are_answered_in_turn(connection):
    """Also when two arrive at once."""
    reader, writer = connection
    writer.write(request("A", {"n": 1}) + request("B", {"n": 2}))

    assert (200, {"target": "A", "n": 1}) == await answered(reader)
    assert (200, {"target": "B", "n": 2}) == await answered(reader)


async def test_a_request_may_come_in_pieces(connection):
    """Cut anywhere."""
    reader, writer = connection
    for byte in request("A", {"n": 1}):
        writer.write(bytes([byte]))
        await writer.drain()

    assert (200, {"target": "A", "n": 1}) == await answered(reader)


async def test_a_refusal_has_code_message_and_fields(connection):
    """As SDKs read them."""
    reader, writer = connection
    writer.write(request("Refuse", {}))

    assert (400, {"__type": "Nope", "message": "not today", "Item": {"a": 1}}) == await answered(reader)


async def test_a_late_answer_is_waited_for(connection, polls):
    """What comes behind it on the connection is answered after it."""
    reader, writer = connection
    writer.write(request("Poll", {}) + request("A", {}))
    poll = await asyncio.wait_for(polls.get(), SOON)
    poll.set_result({"late": True})

    assert (200, {"late": True}) == await answered(reader)
    assert (200, {"target": "A"}) == await answered(reader)


async def test_who_hangs_up_is_not_waited_for(connection, polls):
    """The answer is cancelled, so that nothing is given to nobody."""
    _, writer = connection
    writer.write(request("Poll", {}))
    poll = await asyncio.wait_for(polls.get(), SOON)
    writer.close()
    await asyncio.wait({poll}, timeout=SOON)

    assert poll.cancelled()
