"""Terraform as the stage runs it: where its providers are, what it says, what happens meanwhile."""
