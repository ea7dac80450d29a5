"""Parts of both services: message and status, AWS clients, HTTP server, logs, metrics, settings."""
