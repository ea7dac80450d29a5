"""Scenarios, one a module: load, faults and checks. Found by being here: `verify/discovery.py`."""
