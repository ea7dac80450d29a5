"""Brings dead letters back to the queue that they came from, once their cause is fixed."""
