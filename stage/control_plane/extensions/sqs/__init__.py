"""SQS whose cost does not grow with the queue, that loses nothing under load, and as AWS stores it."""

from moto.sqs import models
from moto.sqs.responses import SQSResponse

from stage.control_plane.extensions.fast_path import FastPath
from stage.control_plane.extensions.registration import Extension, Gap, Replacement
from stage.control_plane.extensions.sqs.backend import SQSBackend
from stage.control_plane.extensions.sqs.queue import Queue

_PAGES = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest"

EXTENSION = Extension(
    service="sqs",
    gaps=(
        Gap(
            "redrive_allow_policy",
            "A queue has no redrive allow policy, without which the Terraform provider crashes.",
            f"{_PAGES}/APIReference/API_SetQueueAttributes.html",
        ),
        Gap(
            "compact_redrive_policy",
            "A redrive policy comes back with spaces in its JSON, which is a change to Terraform.",
            f"{_PAGES}/APIReference/API_GetQueueAttributes.html",
        ),
        Gap(
            "policy_kept",
            "A change of any attribute takes the queue's policy away.",
            f"{_PAGES}/APIReference/API_SetQueueAttributes.html",
        ),
        Gap(
            "cost_of_send",
            "Sending a message counts all that are in the queue.",
            f"{_PAGES}/SQSDeveloperGuide/standard-queues.html",
        ),
        Gap(
            "cost_of_receive",
            "Receiving a message looks at all that are in the queue.",
            f"{_PAGES}/SQSDeveloperGuide/standard-queues.html",
        ),
        Gap(
            "nothing_lost",
            "A message that is sent while another is deleted may be lost.",
            f"{_PAGES}/SQSDeveloperGuide/standard-queues.html",
        ),
        Gap(
            "receiver_gone",
            "A message is given to a client that has hung up while it waited, and is hidden from the others.",
            f"{_PAGES}/SQSDeveloperGuide/sqs-short-and-long-polling.html",
        ),
    ),
    backend=SQSBackend,
    replacements=(Replacement(models, "Queue", Queue),),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
    fast_path=FastPath(
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
    ),
)
