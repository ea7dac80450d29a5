variable "name" {
  description = "Name of the load balancer. Example: \"notifications-staging\"."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the targets."
  type        = string
}

variable "subnet_ids" {
  description = "Public subnets, one a zone."
  type        = list(string)
}

variable "allowed_cidr_blocks" {
  description = "Who may connect. Example: [\"203.0.113.0/24\"]."
  type        = set(string)

  validation {
    condition     = length(var.allowed_cidr_blocks) > 0 && alltrue([for block in var.allowed_cidr_blocks : can(cidrhost(block, 0))])
    error_message = "allowed_cidr_blocks must name at least one address range, such as 203.0.113.0/24."
  }
}

variable "certificate_arn" {
  description = "ACM certificate; null means plain HTTP on port 80."
  type        = string

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[a-z-]+:acm:", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of an ACM certificate."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
}

variable "idle_timeout" {
  description = "Seconds after which an idle connection is closed. Example: 60."
  type        = number
  default     = 60
}

variable "target" {
  description = <<-EOT
    The target group: port and health-check path of the tasks, seconds of deregistration delay.
    Example: { name = "notifications-staging-api", port = 8080, health_check_path = "/healthz" }
  EOT
  type = object({
    name                 = string
    port                 = number
    health_check_path    = string
    deregistration_delay = optional(number, 15)
  })

  validation {
    condition     = startswith(var.target.health_check_path, "/")
    error_message = "health_check_path must begin with a slash."
  }
}
