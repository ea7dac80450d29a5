variable "name" {
  description = "Name of the ECS cluster. Example: \"notifications-staging\"."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that what Container Insights writes is encrypted with. Example: \"arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d\"."
  type        = string
}

variable "log_retention_days" {
  description = "Days that what Container Insights writes is kept. Example: 30."
  type        = number
}
