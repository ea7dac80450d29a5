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
  description = "Key that logs are encrypted with. Example: \"arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d\"."
  type        = string
}

variable "log_retention_days" {
  description = "Days that logs are kept. Example: 30."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs offers, such as 14, 30 or 90."
  }
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of the module's roles; null without one. Example: \"arn:aws:iam::111122223333:policy/notifications-boundary\"."
  type        = string
  default     = null
}
