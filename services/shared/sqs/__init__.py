"""SQS client, micro-batcher and errors of both services."""
