"""Dangers in a Terraform plan."""
