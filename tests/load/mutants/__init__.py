"""Faults planted in what the load tests drive, and which check notices each."""
