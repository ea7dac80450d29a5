"""CPU quotas for tasks, and what tasks and machine really use."""
