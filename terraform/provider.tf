provider "aws" {
  region = var.aws_region

  # A wrong profile fails here instead of creating a second system in somebody else's account.
  allowed_account_ids = [var.aws_account_id]

  default_tags {
    tags = {
      Application = var.name
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}
