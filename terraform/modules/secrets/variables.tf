variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "First part of the names of parameters and secrets. Example: \"notifications-staging\"."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that secrets are encrypted with. Example: \"arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d\"."
  type        = string
}

variable "keep_days" {
  description = "Days that a deleted secret can be brought back; 0 deletes it at once. Example: 30."
  type        = number

  validation {
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
    condition     = var.keep_days == 0 || (var.keep_days >= 7 && var.keep_days <= 30 && floor(var.keep_days) == var.keep_days)
    error_message = "keep_days must be 0, or whole days from 7 to 30."
  }
}

variable "settings" {
  description = <<-EOT
    Plain settings, by service and environment variable; anybody who may read a plan may read them.
    Example: { email-sender = { LOG_LEVEL = "INFO" } }
  EOT
  type        = map(map(string))

  validation {
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    condition     = alltrue([for value in flatten([for each in var.settings : values(each)]) : length(value) >= 1 && length(value) <= 4096])
    error_message = "settings must have values of 1 to 4096 characters: leave a setting out to have none."
  }
}
