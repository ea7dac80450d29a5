variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the configuration set; topic and queues are named after it. Example: \"notifications-staging\"."
  type        = string

  validation {
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html
    condition     = can(regex("^[A-Za-z0-9_-]{1,54}$", var.name))
    error_message = "name must be 1 to 54 letters, digits, dashes and underscores, so that the queues named after it fit into 80."
  }
}

variable "domain" {
  description = "Domain that mails come from, in lower case. Example: \"example.com\"."
  type        = string

  validation {
    condition     = var.domain == lower(var.domain)
    error_message = "domain must be in lower case, as SES keeps it."
  }
}

variable "create_identity" {
  description = "Whether the domain's identity is made here; false if somebody else has verified it in this account and region."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key that events are encrypted with in the topic; its policy must let SES use it."
  type        = string
}

variable "visibility_timeout" {
  description = "Seconds that an event which was received stays hidden from other receivers. Example: 30."
  type        = number

  validation {
    condition     = var.visibility_timeout >= 1 && var.visibility_timeout <= 43200
    error_message = "The visibility timeout must lie between 1 second and 12 hours."
  }
}
