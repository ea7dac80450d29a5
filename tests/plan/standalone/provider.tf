# Every module by itself, one file a module. What a module takes from another is written out here,
# so that a plan shows dashboards, alarms and policies that are unknown in the plan of the whole.
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

locals {
  aws = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "123456789012"
  }

  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}
