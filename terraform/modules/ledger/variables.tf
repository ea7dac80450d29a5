variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the table. Example: \"notifications-staging-deliveries\"."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that items are encrypted with. Example: \"arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d\"."
  type        = string
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
}
