variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "First part of every name. Example: \"notifications-staging\"."
  type        = string

  validation {
    # A role's name has 64 characters, "-load-generator-execution" among them
    # (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
    condition     = length(var.name) <= 39
    error_message = "name must be at most 39 characters long: the roles' names begin with it."
  }
}

variable "workers" {
  description = "Locust workers that a test starts beside their master. Example: 4."
  type        = number

  validation {
    # 50 share 10,000 requests a second at a fifth of a core each; RunTask starts ten at a time.
    condition     = var.workers >= 2 && var.workers <= 50 && floor(var.workers) == var.workers
    error_message = "workers must be a whole number from 2 to 50: one alone needs no master."
  }
}

variable "image" {
  description = "Image with its tag. Example: \"111122223333.dkr.ecr.eu-central-1.amazonaws.com/notifications-staging/load-generator:1.4.2\"."
  type        = string
}

variable "image_repository_arn" {
  description = "Repository that the execution role may pull from. Example: \"arn:aws:ecr:eu-central-1:111122223333:repository/notifications-staging/load-generator\"."
  type        = string
}

variable "cpu_architecture" {
  description = "What the image is built for: \"X86_64\" or \"ARM64\"."
  type        = string

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture must be X86_64 or ARM64."
  }
}

variable "network" {
  description = "Where tasks run: vpc_id, private_subnet_ids, the NAT gateways' public addresses by zone (nat_addresses), and the endpoints for AWS's services as modules/service takes them."
  type = object({
    vpc_id                     = string
    private_subnet_ids         = list(string)
    nat_addresses              = map(string)
    private_endpoints          = string
    endpoint_security_group_id = string
    prefix_list_ids            = list(string)
  })

  validation {
    condition     = contains(["all", "gateway"], var.network.private_endpoints)
    error_message = "network.private_endpoints must be all or gateway."
  }
}

variable "load_balancer" {
  description = "What the load goes to: the listener's port, and security_group_id, which is opened for it. Example: { port = 443, security_group_id = \"sg-0a1b2c3d\" }."
  type = object({
    port              = number
    security_group_id = string
  })
}

variable "kms_key_arn" {
  description = "Key that logs and the API key are encrypted with. Example: \"arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d\"."
  type        = string
}

variable "log_retention_days" {
  description = "Days that logs are kept. Example: 30."
  type        = number

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs offers, such as 14, 30 or 90."
  }
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of the module's roles; null without one. Example: \"arn:aws:iam::111122223333:policy/notifications-boundary\"."
  type        = string
  default     = null
}
