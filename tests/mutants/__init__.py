"""Faults planted on purpose, one at a time, in a copy: what the runners have in common."""
