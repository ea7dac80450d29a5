"""DynamoDB whose writes are taken one at a time, and whose transactions cost what is in them."""

from moto.dynamodb.responses import DynamoHandler

from stage.control_plane.extensions.dynamodb.writes import DynamoDBBackend
from stage.control_plane.extensions.fast_path import FastPath
from stage.control_plane.extensions.registration import Extension, Gap

_PAGES = "https://docs.aws.amazon.com/amazondynamodb/latest"

EXTENSION = Extension(
    service="dynamodb",
    gaps=(
        Gap(
            "one_write_at_a_time",
            "Between a write's condition and the write there may be another, so that both conditions hold.",
            f"{_PAGES}/developerguide/WorkingWithItems.html",
        ),
        Gap(
            "cost_of_transaction",
            "A transaction copies every table that it touches, whatever it writes.",
            f"{_PAGES}/APIReference/API_TransactWriteItems.html",
        ),
    ),
    backend=DynamoDBBackend,
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
    fast_path=FastPath(
        prefix="DynamoDB_20120810.",
        handler=DynamoHandler,
        methods={
            "BatchGetItem": DynamoHandler.batch_get_item,
            "GetItem": DynamoHandler.get_item,
            "PutItem": DynamoHandler.put_item,
            "TransactWriteItems": DynamoHandler.transact_write_items,
            "UpdateItem": DynamoHandler.update_item,
        },
        blobs=(b'"B":', b'"BS":'),
    ),
)
