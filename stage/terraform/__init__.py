"""Terraform as the stage runs it: on a copy, with its own inputs, tasks running meanwhile."""
