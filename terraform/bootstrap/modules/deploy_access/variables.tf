variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "application" {
  description = "Value of the tag Application on everything of the system. Example: \"notifications\"."
  type        = string
}

variable "environment" {
  description = "Value of the tag Environment, and second part of every name. Example: \"staging\"."
  type        = string
}

variable "state_bucket_arn" {
  description = "Bucket of the state. Example: \"arn:aws:s3:::notifications-state-111122223333\"."
  type        = string
}

variable "state_key" {
  description = "Where in the bucket the environment's state lies. Example: \"staging/terraform.tfstate\"."
  type        = string
}

variable "workload_boundary_arn" {
  description = "Permission boundary that every role must have."
  type        = string
}
