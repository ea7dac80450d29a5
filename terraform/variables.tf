variable "name" {
  description = "Name of the system; first part of every resource's name. Example: \"notifications\"."
  type        = string
  default     = "notifications"

  validation {
    # A target group's name has 32 characters: name, environment and "canary" must fit.
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 13 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "environment" {
  description = "Where this runs: \"development\", \"staging\" or \"production\"."
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "environment must be development, staging or production."
  }
}

variable "aws_region" {
  description = "AWS region. Example: \"eu-central-1\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.aws_region))
    error_message = "aws_region must be a region's code, such as eu-central-1."
  }
}

variable "aws_account_id" {
  description = "Account that everything is created in; any other account is refused. Example: \"111122223333\"."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id must be 12 digits, quoted so that a leading zero stays."
  }
}

variable "availability_zones" {
  description = "Availability zones to spread over. Example: [\"eu-central-1a\", \"eu-central-1b\"]."
  type        = list(string)

  validation {
    condition     = alltrue([for zone in var.availability_zones : startswith(zone, var.aws_region)])
    error_message = "availability_zones must all lie in aws_region."
  }
}

variable "vpc_cidr" {
  description = "Address range of the VPC. Example: \"10.20.0.0/16\"."
  type        = string
  default     = "10.20.0.0/16"
}

variable "nat_gateway_per_zone" {
  description = "One NAT gateway in each zone (survives the loss of a zone) instead of one for all (cheaper)."
  type        = bool
  default     = false
}

variable "listener_mode" {
  description = "\"https\" serves HTTPS and redirects HTTP to it; \"plain_http\" serves HTTP, which production refuses."
  type        = string
  default     = "https"

  validation {
    condition     = contains(["https", "plain_http"], var.listener_mode)
    error_message = "listener_mode must be https or plain_http."
  }

  validation {
    condition     = var.listener_mode == "https" || var.environment != "production"
    error_message = "listener_mode must be https in production: plain_http is for development and staging."
  }
}

variable "certificate_arn" {
  description = "ACM certificate of the HTTPS listener, for domain_name; null with plain HTTP."
  type        = string
  default     = null

  validation {
    condition     = (var.certificate_arn != null) == (var.listener_mode == "https")
    error_message = "certificate_arn is required when listener_mode is https, and must be left out when it is plain_http."
  }
}

variable "image_tag" {
  description = "Tag of both images; tags are immutable, so a release is a new tag. Example: \"1.4.2\"."
  type        = string

  validation {
    condition     = var.image_tag != "latest" && can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag))
    error_message = "image_tag must be a valid image tag other than latest, such as 1.4.2 or a commit's hash."
  }
}

variable "service_mesh" {
  description = <<-EOT
    How the services reach each other: "service_connect", "app_mesh" or "none" (Cloud Map names alone).
    AWS has closed App Mesh on 2026-09-30: app_mesh is for accounts of emulators and for reading.
  EOT
  type        = string
  default     = "service_connect"

  validation {
    condition     = contains(["service_connect", "app_mesh", "none"], var.service_mesh)
    error_message = "service_mesh must be service_connect, app_mesh or none."
  }
}

variable "mesh_certificate_authority_arn" {
  description = "AWS Private CA that issues Service Connect's certificates; null leaves traffic inside the VPC unencrypted."
  type        = string
  default     = null

  validation {
    condition     = var.mesh_certificate_authority_arn == null || var.service_mesh == "service_connect"
    error_message = "mesh_certificate_authority_arn goes with service_mesh = \"service_connect\" only."
  }
}

variable "cpu_architecture" {
  description = "What the images are built for: \"X86_64\" or \"ARM64\"."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture must be X86_64 or ARM64."
  }
}

variable "execute_command" {
  description = "Whether operators may open a shell in a task (ECS Exec); it makes the root file system writable."
  type        = bool
  default     = false

  validation {
    condition     = !var.execute_command || var.environment != "production"
    error_message = "execute_command must be false in production."
  }
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of every role: null takes the one that terraform/bootstrap made in this account, \"none\" goes without, for an account that was prepared in another way. Example: \"arn:aws:iam::111122223333:policy/notifications-roles\"."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || var.permissions_boundary_arn == "none" || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, or none."
  }
}

variable "log_level" {
  description = "Least severe level that the services log: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept. Example: 30."
  type        = number
  default     = 30
}
