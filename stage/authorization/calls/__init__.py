"""Tells what a call is authorized as: from operation and parameters to actions, ARNs and condition keys."""
