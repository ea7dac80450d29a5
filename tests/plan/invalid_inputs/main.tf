# Modules with values that the root module never gives them, every one wrong; one file a module, and
# beside it what Terraform says: the name of the module call, a colon, the sentence. Wrong values come
# from a variable, because Terraform checks what is written out before anything else, and then stops.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

locals {
  aws = { partition = "aws", dns_suffix = "amazonaws.com", region = "eu-central-1", account_id = "123456789012" }
}
