"""Locust as a task of ECS: a master that is told by a parameter how much load is wanted, and its workers."""
