variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the load balancer; its target groups and its bucket are named after it. Example: \"notifications-staging\"."
  type        = string

  validation {
    # A target group's name has 32 characters at most, and "-canary" is seven of them:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}[a-z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name must be 2 to 25 lower-case letters, digits and dashes, beginning with a letter and not with internal-."
  }
}

variable "vpc_id" {
  description = "VPC of the targets."
  type        = string
}

variable "subnet_ids" {
  description = "Public subnets, one a zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must name a subnet in each of at least two zones."
  }
}

variable "allowed_cidr_blocks" {
  description = "Who may connect; an empty set lets nobody in. Example: [\"203.0.113.0/24\"]."
  type        = set(string)

  validation {
    condition     = alltrue([for block in var.allowed_cidr_blocks : can(cidrnetmask(block))])
    error_message = "allowed_cidr_blocks must be IPv4 address ranges, such as 203.0.113.0/24."
  }

  validation {
    # By length, so that neither 1.2.3.4/0 nor the two halves of all addresses pass for somebody.
    condition = var.listener_mode != "plain_http" || alltrue([
      for block in var.allowed_cidr_blocks : try(tonumber(split("/", block)[1]) >= 8, true)
    ])
    error_message = "allowed_cidr_blocks must be /8 or smaller with listener_mode plain_http: keys would travel unencrypted from anywhere."
  }

  validation {
    condition     = alltrue([for block in var.allowed_cidr_blocks : try(cidrsubnet(block, 0, 0) == block, true)])
    error_message = "allowed_cidr_blocks must be without host bits, such as 203.0.113.0/24 and not 203.0.113.7/24."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer, and the bucket of its access logs, refuse to be deleted."
  type        = bool
}

variable "log_retention_days" {
  description = "Days that access logs are kept. Example: 30."
  type        = number

  validation {
    condition     = var.log_retention_days >= 1 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "log_retention_days must be a whole number of days, at least 1."
  }
}
