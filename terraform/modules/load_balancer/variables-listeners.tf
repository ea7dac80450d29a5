variable "listener_mode" {
  description = "\"https\" serves HTTPS and redirects HTTP to it; \"plain_http\" serves HTTP."
  type        = string

  validation {
    condition     = contains(["https", "plain_http"], var.listener_mode)
    error_message = "listener_mode is https or plain_http."
  }
}

variable "certificate_arn" {
  description = "ACM certificate of the HTTPS listener; null with plain HTTP. Example: \"arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d\"."
  type        = string

  validation {
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
    condition = var.certificate_arn == null ? true : can(regex(
      "^arn:${var.aws.partition}:acm:${var.aws.region}:${var.aws.account_id}:certificate/.+$", var.certificate_arn
    ))
    error_message = "certificate_arn must be the ARN of an ACM certificate. ELB takes those of its own region and account alone: not ${coalesce(var.certificate_arn, "none")}."
  }

  validation {
    condition     = (var.certificate_arn != null) == (var.listener_mode == "https")
    error_message = "certificate_arn goes with listener_mode https, and with it alone."
  }
}

variable "canary" {
  description = "Name of the canary's ECS service, and its share of the requests in percent; null for none. Example: { service_name = \"web-canary\", weight = 10 }."
  type = object({
    service_name = string
    weight       = number
  })
  default = null

  validation {
    condition     = try(var.canary.weight >= 0 && var.canary.weight <= 100 && floor(var.canary.weight) == var.canary.weight, var.canary == null)
    error_message = "canary.weight must be a whole number of percent from 0 to 100."
  }
}

variable "target" {
  description = "Port and health-check path of the tasks. Example: { port = 8080, health_check_path = \"/healthz\" }."
  type = object({
    port              = number
    health_check_path = string
  })

  validation {
    condition     = var.target.port >= 1024 && var.target.port <= 65535 && floor(var.target.port) == var.target.port
    error_message = "target.port must lie between 1024 and 65535: tasks do not run as root."
  }

  validation {
    condition     = startswith(var.target.health_check_path, "/")
    error_message = "health_check_path must begin with a slash."
  }
}
