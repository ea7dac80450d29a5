"""Careless changes to the Terraform, each of which the plan tests have to notice."""
