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
  description = "Name of the ECS service and of its container. Example: \"notification-api\"."
  type        = string
}

variable "name_prefix" {
  description = "First part of the names that must be unique in the account. Example: \"notifications-staging\"."
  type        = string
}

variable "cluster_arn" {
  description = "Cluster that the service runs in."
  type        = string
}

variable "image" {
  description = "Image with its tag. Example: \"111122223333.dkr.ecr.eu-central-1.amazonaws.com/notification-api:1.4.2\"."
  type        = string
}

variable "image_repository_arn" {
  description = "Repository that the execution role may pull from."
  type        = string
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one vCPU. Example: 256."
  type        = number

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "cpu must be 256, 512, 1024, 2048 or 4096 units, which Fargate offers."
  }
}

variable "memory" {
  description = "Memory of a task in MiB. Example: 512."
  type        = number

  validation {
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
    condition = (
      var.cpu == 256 ? contains([512, 1024, 2048], var.memory)
      : var.cpu == 4096 ? var.memory % 1024 == 0 && var.memory >= 8192 && var.memory <= 30720
      : var.memory % 1024 == 0 && var.memory >= 2 * var.cpu && var.memory <= 8 * var.cpu
    )
    error_message = "memory does not go with cpu on Fargate: take 2 to 8 MiB a CPU unit, in steps of 1024 MiB."
  }
}

variable "port" {
  description = "TCP port that the container listens on. Example: 8080."
  type        = number

  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "port must lie between 1024 and 65535: the container's user may not open a lower one."
  }
}

variable "user" {
  description = "User and group that the container runs as. Example: \"10001:10001\"."
  type        = string
  default     = "10001:10001"

  validation {
    condition     = can(regex("^[1-9][0-9]*:[1-9][0-9]*$", var.user))
    error_message = "user must be a numeric user and group other than root, such as 10001:10001."
  }
}

variable "environment" {
  description = "Environment variables beside SERVICE_NAME and PORT. Nothing secret: whoever may read the task definition sees them."
  type        = map(string)
}

variable "health_check" {
  description = <<-EOT
    Command that ECS runs inside the container; null for services that the load balancer checks. Units: seconds.
    Example: { command = ["CMD", "python", "-m", "email_sender.healthcheck"], interval = 15, timeout = 5, retries = 3, start_period = 60 }
  EOT
  type = object({
    command      = list(string)
    interval     = number
    timeout      = number
    retries      = number
    start_period = number
  })
  default = null
}

variable "stop_timeout" {
  description = "Seconds between SIGTERM and SIGKILL. Example: 30."
  type        = number

  validation {
    condition     = var.stop_timeout >= 30 && var.stop_timeout <= 120
    error_message = "stop_timeout must lie between 30 seconds, for requests in flight, and 120, which is Fargate's limit."
  }
}

variable "initial_count" {
  description = "Tasks that the service is created with; autoscaling decides from then on. Example: 2."
  type        = number
}

variable "permissions" {
  description = <<-EOT
    What the task role allows, by statement id; conditions are StringEquals.
    Example: { SendToQueue = { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:..."] } }
  EOT
  type = map(object({
    actions    = set(string)
    resources  = set(string)
    conditions = optional(map(set(string)), {})
  }))

  validation {
    condition = alltrue(flatten([
      for statement in var.permissions : [
        for pattern in setunion(statement.actions, statement.resources) : !strcontains(pattern, "*")
      ]
    ]))
    error_message = "permissions must name actions and resources in full, without wildcards."
  }
}

variable "network" {
  description = "Where tasks run: vpc_id and private_subnet_ids."
  type = object({
    vpc_id             = string
    private_subnet_ids = list(string)
  })
}

variable "egress_ports" {
  description = "TCP ports that tasks may connect to, anywhere. Example: [443]."
  type        = set(number)
  default     = [443]
}

variable "load_balancer" {
  description = "Load balancer in front: target_group_arn and security_group_id; null for none."
  type = object({
    target_group_arn  = string
    security_group_id = string
  })
  default = null
}

variable "discovery_service_arn" {
  description = "Cloud Map service that tasks register with."
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
