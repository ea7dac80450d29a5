variable "aws" {
  description = "Where ARNs point: partition, region, account_id."
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
