"""Parts of both services: the message and the status that they agree on, AWS, HTTP, logs, metrics, settings."""
