"""Commands that operators run against a system that Terraform has applied."""
