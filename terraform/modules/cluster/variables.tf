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

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs offers, such as 14, 30 or 90."
  }
}
