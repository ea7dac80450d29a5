variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the ECS service and of its container. Example: \"notification-api\"."
  type        = string
}

variable "name_prefix" {
  description = "First part of the names that must be unique in the account. Example: \"notifications-staging\"."
  type        = string

  validation {
    # A role's name has 64 characters, "-execution" among them; a security group's may not begin like its id
    # (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html).
    condition     = length("${var.name_prefix}-${var.name}") <= 54 && !startswith("${var.name_prefix}-", "sg-")
    error_message = "name_prefix and name must have 53 characters together, and name_prefix must not begin with sg-: ${var.name_prefix}-${var.name}."
  }
}

variable "cluster_arn" {
  description = "Cluster that the service runs in; it must know FARGATE and FARGATE_SPOT. Example: \"arn:aws:ecs:eu-central-1:111122223333:cluster/notifications-staging\"."
  type        = string
}

variable "initial_count" {
  description = "Tasks that the service is created with; autoscaling decides from then on. Example: 2."
  type        = number

  validation {
    condition     = var.initial_count >= 1 && floor(var.initial_count) == var.initial_count
    error_message = "initial_count must be a whole number of tasks, at least 1."
  }
}

variable "rollback_alarms" {
  description = "Names of the alarms that end a deployment and undo it. Example: [\"notifications-staging-errors\"]."
  type        = set(string)

  validation {
    condition     = length(var.rollback_alarms) >= 1
    error_message = "rollback_alarms must name at least one alarm, or a bad release would stay."
  }
}

variable "discovery_service_arn" {
  description = "Cloud Map service that tasks register with. Example: \"arn:aws:servicediscovery:eu-central-1:111122223333:service/srv-1\"."
  type        = string
}

variable "execute_command" {
  description = "Whether operators may open a shell in a task (ECS Exec); it makes the root file system writable."
  type        = bool
  default     = false
}

variable "kms_key_arn" {
  description = "Key that logs are encrypted with; null for a release candidate. Example: \"arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d\"."
  type        = string
  default     = null

  validation {
    condition     = local.is_candidate != (var.kms_key_arn != null)
    error_message = "kms_key_arn must be given, but for a release candidate, whose log group is the service's."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept; null for a release candidate. Example: 30."
  type        = number
  default     = null

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition = local.is_candidate ? var.log_retention_days == null : contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs offers, such as 14, 30 or 90, and is not given to a release candidate."
  }
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of the module's roles; null without one, and for a release candidate. Example: \"arn:aws:iam::111122223333:policy/notifications-boundary\"."
  type        = string
  default     = null
}
