terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# Endpoints and credentials come from the environment.
provider "aws" {
  region              = var.aws_region
  allowed_account_ids = [var.aws_account_id]
}
