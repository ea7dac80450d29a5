variable "aws" {
  description = "Where ARNs and host names point: partition, dns_suffix, region, account_id. Example: { partition = \"aws\", dns_suffix = \"amazonaws.com\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    dns_suffix = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the mesh, first part of every other name. Example: \"notifications-staging\"."
  type        = string

  validation {
    # A role's name has 64 characters: "-service-connect-tls" must fit.
    condition     = can(regex("^[a-z][a-z0-9-]{0,42}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 44 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "mode" {
  description = "How the services reach each other: \"service_connect\", \"app_mesh\" or \"none\" (Cloud Map names alone)."
  type        = string

  validation {
    condition     = contains(["service_connect", "app_mesh", "none"], var.mode)
    error_message = "mode must be service_connect, app_mesh or none."
  }
}

variable "namespace" {
  description = "Private DNS namespace that the services' tasks are registered in. Example: \"notifications-staging.internal\"."
  type        = string

  validation {
    # Each part has 63 characters at most and ends in none but a letter or a digit
    # (https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html).
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$", var.namespace)) && length(var.namespace) <= 253
    error_message = "namespace must be a DNS name of at least two parts, such as notifications-staging.internal."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the proxies' logs and the private keys of their certificates."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "log_retention_days" {
  description = "Days that the proxies' logs are kept. Example: 30."
  type        = number

  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs offers, such as 14, 30 or 90."
  }
}

variable "certificate_authority_arn" {
  description = <<-EOT
    AWS Private CA that issues Service Connect's certificates; null leaves traffic inside the VPC unencrypted.
    The CA needs the tag AmazonECSManaged = true.
    Example: "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555"
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.certificate_authority_arn == null || can(regex("^arn:${var.aws.partition}:acm-pca:${var.aws.region}:[0-9]{12}:certificate-authority/.+$", var.certificate_authority_arn))
    error_message = "certificate_authority_arn must be the ARN of an AWS Private CA in the region: not ${coalesce(var.certificate_authority_arn, "none")}."
  }

  validation {
    condition     = var.certificate_authority_arn == null || var.mode == "service_connect"
    error_message = "certificate_authority_arn goes with mode = \"service_connect\" only: leave it out otherwise."
  }
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of the module's roles; null without one. Example: \"arn:aws:iam::111122223333:policy/notifications-boundary\"."
  type        = string
  default     = null
}
