variable "image" {
  description = "Image with its tag. Example: \"111122223333.dkr.ecr.eu-central-1.amazonaws.com/notification-api:1.4.2\"."
  type        = string
}

variable "image_repository_arn" {
  description = "Repository that the execution role may pull from; null for a release candidate. Example: \"arn:aws:ecr:eu-central-1:111122223333:repository/notification-api\"."
  type        = string
  default     = null

  validation {
    condition     = local.is_candidate != (var.image_repository_arn != null)
    error_message = "image_repository_arn must be given, but for a release candidate, whose execution role is the service's."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one vCPU. Example: 256."
  type        = number

  validation {
    condition     = contains(keys(local.fargate_memory), tostring(var.cpu))
    error_message = "cpu must be 256, 512, 1024, 2048, 4096, 8192 or 16384 units, which Fargate offers."
  }
}

variable "memory" {
  description = "Memory of a task in MiB. Example: 512."
  type        = number

  validation {
    condition     = try(contains(local.fargate_memory[var.cpu], var.memory), true) # A wrong cpu has an error of its own.
    error_message = "memory does not go with cpu on Fargate: ${var.memory} MiB with ${var.cpu} units. Take 2 to 8 MiB a CPU unit, in steps of 1024 MiB (4096 with 8192 units, 8192 with 16384)."
  }
}

variable "cpu_architecture" {
  description = "What the image is built for: \"X86_64\" or \"ARM64\"."
  type        = string

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture must be X86_64 or ARM64."
  }
}

variable "spot_share" {
  description = "Percentage of the tasks beyond the first that run on Fargate Spot, which AWS may take back with two minutes' notice. Example: 50."
  type        = number

  validation {
    condition     = var.spot_share >= 0 && var.spot_share <= 100 && floor(var.spot_share) == var.spot_share
    error_message = "spot_share must be a whole percentage from 0 to 100."
  }
}

variable "port" {
  description = "TCP port that the container listens on. Example: 8080."
  type        = number

  validation {
    condition     = var.port >= 1024 && var.port <= 65535 && floor(var.port) == var.port
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

variable "stop_timeout" {
  description = "Seconds between SIGTERM and SIGKILL. Example: 30."
  type        = number

  validation {
    condition     = var.stop_timeout >= 30 && var.stop_timeout <= 120 && floor(var.stop_timeout) == var.stop_timeout
    error_message = "stop_timeout must lie between 30 seconds, for requests in flight, and 120, which is Fargate's limit."
  }
}

variable "environment" {
  description = "Environment variables beside SERVICE_NAME and PORT. Nothing secret: whoever may read the task definition sees them. Example: { QUEUE_NAME = \"mail\" }."
  type        = map(string)
}

variable "settings" {
  description = <<-EOT
    SSM parameters that ECS reads into environment variables when a task starts: ARN by name of the variable.
    Example: { LOG_LEVEL = "arn:aws:ssm:eu-central-1:111122223333:parameter/notifications/LOG_LEVEL" }
  EOT
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for parameter in values(var.settings) : can(regex("^arn:[^:]+:ssm:[^:]+:[0-9]{12}:parameter/[^*]+$", parameter))])
    error_message = "settings must be full ARNs of SSM parameters."
  }

  validation {
    condition     = length(setintersection(keys(var.settings), concat(keys(var.environment), ["PORT", "SERVICE_NAME"]))) == 0
    error_message = "settings must not name a variable that environment sets as well, nor SERVICE_NAME or PORT: ECS refuses a name that comes twice."
  }
}

variable "settings_digest" {
  description = "Tells one state of the settings from another: a new one makes a new deployment. Example: \"4f2a9c01d3be\"."
  type        = string
  default     = null
}
