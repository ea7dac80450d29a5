"""Scenarios: load and faults while the system is watched."""
