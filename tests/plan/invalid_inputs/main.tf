# Modules with values that the root module never gives them, every one wrong. One file a module: a map of
# inputs, each the module's right ones with what its entry has wrong, and beside it what Terraform says: the
# call with its entry, a colon, the sentence. Wrong values come from a variable, because Terraform checks what
# is written out before anything else, and then stops. Where a rule looks at another input, Terraform judges it
# only if that other is right in every entry: such inputs have a call "beside" the module's first.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

locals {
  aws         = { partition = "aws", dns_suffix = "amazonaws.com", region = "eu-central-1", account_id = "123456789012" }
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1"
}
