"""Fast path to DynamoDB's item operations.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from moto.dynamodb.responses import DynamoHandler

from stage.control_plane.extensions.fast_path import FastPath

answer = FastPath(
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
).answer
