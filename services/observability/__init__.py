"""Logs and metrics of both services: JSON lines on standard output, for awslogs to carry."""
