variable "domain_name" {
  description = "Name that callers use, which the certificate is for; null for the load balancer's own name, which has no certificate. Example: \"api.example.com\"."
  type        = string
  default     = null

  validation {
    # Labels of 63 characters at most, 253 in all
    # (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html).
    condition = var.domain_name == null ? true : (
      length(var.domain_name) <= 253
      && can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain_name))
    )
    error_message = "domain_name must be a name in lower case without scheme, port, path or final dot, such as api.example.com."
  }

  validation {
    condition     = var.domain_name != null || var.listener_mode != "https"
    error_message = "domain_name is required when listener_mode is https: no certificate is for a load balancer's own name."
  }

  validation {
    condition     = var.domain_name != null || var.hosted_zone_id == null
    error_message = "domain_name is required with hosted_zone_id, which takes its alias."
  }
}

variable "hosted_zone_id" {
  description = "Route 53 hosted zone that gets the alias of domain_name; null where the name is kept elsewhere. Example: \"Z0123456789ABCDEFGHIJ\"."
  type        = string
  default     = null

  validation {
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html
    condition     = var.hosted_zone_id == null ? true : can(regex("^[A-Z0-9]{1,32}$", var.hosted_zone_id))
    error_message = "hosted_zone_id must be the id of a Route 53 hosted zone, such as Z0123456789ABCDEFGHIJ."
  }
}
