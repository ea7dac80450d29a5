"""Held against each other: what roles are granted, and what they were seen to use."""
