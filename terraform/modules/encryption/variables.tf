variable "aws" {
  description = "Where ARNs point: partition, dns_suffix, region, account_id."
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
