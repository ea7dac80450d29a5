provider "aws" {
  region = var.aws_region

  # A wrong profile fails here instead of opening somebody else's account to the repository.
  allowed_account_ids = [var.aws_account_id]

  default_tags {
    tags = {
      Application = var.name
      ManagedBy   = "terraform/bootstrap"
    }
  }
}
