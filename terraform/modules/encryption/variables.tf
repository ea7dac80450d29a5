variable "aws" {
  description = "Where ARNs and service principals point: partition, dns_suffix, region, account_id. Example: { partition = \"aws\", dns_suffix = \"amazonaws.com\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    dns_suffix = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the system, for the key's alias and for what of it may be encrypted. Example: \"notifications-staging\"."
  type        = string
}
