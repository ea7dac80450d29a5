"""Fast path to SQS's message operations.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
"""

from moto.sqs.responses import SQSResponse

from stage.control_plane.extensions.fast_path import FastPath

answer = FastPath(
    prefix="AmazonSQS.",
    handler=SQSResponse,
    methods={
        "ChangeMessageVisibility": SQSResponse.change_message_visibility,
        "ChangeMessageVisibilityBatch": SQSResponse.change_message_visibility_batch,
        "DeleteMessage": SQSResponse.delete_message,
        "DeleteMessageBatch": SQSResponse.delete_message_batch,
        "ReceiveMessage": SQSResponse.receive_message,
        "SendMessage": SQSResponse.send_message,
        "SendMessageBatch": SQSResponse.send_message_batch,
    },
    blobs=(b'"BinaryValue"',),
).answer
