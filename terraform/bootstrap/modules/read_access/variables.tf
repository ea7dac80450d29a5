variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "First part of every resource's name. Example: \"notifications\"."
  type        = string
}
