variable "namespace" {
  description = "Private DNS name that the services are found under. Example: \"notifications-staging.internal\"."
  type        = string

  validation {
    # Each part has 63 characters at most and ends in none but a letter or a digit
    # (https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html).
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$", var.namespace)) && length(var.namespace) <= 253
    error_message = "namespace must be a DNS name of at least two parts, such as notifications-staging.internal: ${var.namespace} is none."
  }
}

variable "vpc_id" {
  description = "VPC in which the names resolve. Example: \"vpc-0123456789abcdef0\"."
  type        = string

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0."
  }
}

variable "services" {
  description = "Names to register, one for each ECS service. Example: [\"notification-api\", \"email-sender\"]."
  type        = set(string)

  validation {
    # One part of a DNS name (https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html).
    condition     = alltrue([for name in var.services : can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "services must be names of 1 to 63 lower-case letters, digits and dashes, beginning with a letter and not ending in a dash."
  }
}
