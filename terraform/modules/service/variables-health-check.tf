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

  # Limits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
  validation {
    condition     = try(contains(["CMD", "CMD-SHELL"], var.health_check.command[0]), var.health_check == null)
    error_message = "health_check.command must begin with CMD or CMD-SHELL."
  }

  validation {
    condition     = try(var.health_check.interval >= 5 && var.health_check.interval <= 300 && floor(var.health_check.interval) == var.health_check.interval, var.health_check == null)
    error_message = "health_check.interval must be whole seconds from 5 to 300."
  }

  validation {
    condition     = try(var.health_check.timeout >= 2 && var.health_check.timeout <= 60 && floor(var.health_check.timeout) == var.health_check.timeout, var.health_check == null)
    error_message = "health_check.timeout must be whole seconds from 2 to 60."
  }

  validation {
    condition     = try(var.health_check.retries >= 1 && var.health_check.retries <= 10 && floor(var.health_check.retries) == var.health_check.retries, var.health_check == null)
    error_message = "health_check.retries must be a whole number from 1 to 10."
  }

  validation {
    condition     = try(var.health_check.start_period >= 0 && var.health_check.start_period <= 300 && floor(var.health_check.start_period) == var.health_check.start_period, var.health_check == null)
    error_message = "health_check.start_period must be whole seconds from 0 to 300."
  }
}
