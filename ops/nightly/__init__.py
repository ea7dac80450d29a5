"""Nightly check of an environment: drift and the plan, in one answer and one issue."""
