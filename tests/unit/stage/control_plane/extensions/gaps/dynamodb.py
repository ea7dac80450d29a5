"""Gaps of DynamoDB."""

import threading
from contextlib import suppress

import pytest
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from common.budget import budget
from tests.unit.stage.control_plane.extensions.gaps.world import REGION, calls

# A thread comes within milliseconds, if it can.
_COMES_SECONDS = 1.0


def _create_table(aws):
    aws("dynamodb").create_table(
        TableName="deliveries",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def one_write_at_a_time(aws):
    """While a write looks at the item that is there, no other does."""
    _create_table(aws)
    together, met, read = threading.Barrier(2), [], Table.get_item

    def meet(self, *arguments, **options):
        with suppress(threading.BrokenBarrierError):
            together.wait(budget(_COMES_SECONDS))
            met.append(arguments)
        return read(self, *arguments, **options)

    backend = dynamodb_backends["123456789012"][REGION]
    threads = [
        threading.Thread(target=backend.put_item, args=("deliveries", {"id": {"S": "one"}})) for _ in range(2)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Table, "get_item", meet)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return [] == met


def cost_of_transaction(aws):
    """It does no more in a table of a hundred items than in an empty one."""
    _create_table(aws)
    backend = dynamodb_backends["123456789012"][REGION]

    def put(name):
        return {"Put": {"TableName": "deliveries", "Item": {"id": {"S": name}}}}

    backend.transact_write_items([put("first")])
    before = calls(lambda: backend.transact_write_items([put("before")]))
    for number in range(100):
        backend.put_item("deliveries", {"id": {"S": str(number)}})
    after = calls(lambda: backend.transact_write_items([put("after")]))
    return after.total() < before.total() + 100
