"""A local Fargate: applies the real Terraform to an emulated AWS and runs what it declares."""
