"""Runs tasks: one process a task, on its own loopback address, as Fargate would run a container."""
