"""A route as one writes it first: boto3, one SendMessage a request, in FastAPI's thread pool."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import boto3
from botocore.config import Config
from fastapi import Header, Response

from notification_api.models import Notification
from shared.message import NotificationMessage
from tests.bench.rivals.fastapi_server import application, run

app = application()
# As many connections as the thread pool has threads: with boto3's own ten, the others would open one a call.
_sqs = boto3.client("sqs", config=Config(max_pool_connections=40))
_queue_url = _sqs.get_queue_url(QueueName=os.environ["QUEUE_NAME"])["QueueUrl"]


@app.post("/v1/notifications", status_code=202)
def accept(notification: Notification, idempotency_key: Annotated[str | None, Header()] = None) -> Response:
    """Put a notification on the queue."""
    message = NotificationMessage.model_construct(
        id=idempotency_key or str(uuid4()),
        recipient=notification.recipient,
        subject=notification.subject,
        body=notification.body,
        accepted_at=datetime.now(UTC),
    )
    _sqs.send_message(QueueUrl=_queue_url, MessageBody=message.to_json())
    return Response(f'{{"id":"{message.id}"}}', status_code=202, media_type="application/json")


if __name__ == "__main__":
    sys.exit(run(app))
