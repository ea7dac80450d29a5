"""Runs Terraform, for whoever rehearses, tests or releases with it."""
