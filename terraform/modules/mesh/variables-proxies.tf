variable "timeouts" {
  description = <<-EOT
    Whole seconds after which a proxy gives up: on a connection that nobody uses, on a request with all its
    tries, on one try (App Mesh only).
    Example: { per_request = 10, per_try = 3 }
  EOT
  type = object({
    idle        = optional(number, 300)
    per_request = optional(number, 10)
    per_try     = optional(number, 2)
  })
  default = {}

  validation {
    condition     = alltrue([for seconds in values(var.timeouts) : seconds >= 1 && floor(seconds) == seconds])
    error_message = "timeouts must be whole seconds, at least 1."
  }

  validation {
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TimeoutConfiguration.html
    condition     = var.timeouts.idle > var.timeouts.per_request
    error_message = "timeouts.idle must be more than timeouts.per_request: the connection would close under a request."
  }

  validation {
    condition     = var.timeouts.per_request >= (local.max_retries + 1) * var.timeouts.per_try
    error_message = "timeouts.per_request must be at least three times timeouts.per_try: a request is tried three times."
  }
}

variable "envoy_version" {
  description = "Tag of App Mesh's Envoy image. Example: \"v1.34.13.0-prod\"."
  type        = string
  default     = "v1.34.13.0-prod"

  validation {
    # https://docs.aws.amazon.com/app-mesh/latest/userguide/envoy.html
    condition     = can(regex("^v1[.](17[.][2-9]|1[89][.][0-9]+|[2-9][0-9][.][0-9]+)[.][0-9]+-prod(-fips)?$", var.envoy_version))
    error_message = "envoy_version must be a tag such as v1.34.13.0-prod, and at least v1.17.2.0-prod, which App Mesh demands."
  }
}
