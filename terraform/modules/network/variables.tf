variable "aws" {
  description = "Where ARNs and service names point: partition, dns_suffix, region, account_id."
  type = object({
    partition  = string
    dns_suffix = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the VPC and first part of its parts' names. Example: \"notifications-staging\"."
  type        = string
}

variable "cidr_block" {
  description = "Address range of the VPC. Example: \"10.20.0.0/16\"."
  type        = string

  validation {
    condition     = try(cidrnetmask(var.cidr_block) == "255.255.0.0" && cidrsubnet(var.cidr_block, 0, 0) == var.cidr_block, false)
    error_message = "The VPC's address range must be a /16, such as 10.20.0.0/16: subnets are cut from it by number."
  }
}

variable "availability_zones" {
  description = "Zones that get a public and a private subnet each. Example: [\"eu-central-1a\", \"eu-central-1b\"]."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2 && length(var.availability_zones) <= 3 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "Name two or three different availability zones: a load balancer needs two."
  }
}

variable "nat_gateway_per_zone" {
  description = "One NAT gateway in each zone (survives the loss of a zone) instead of one for all (cheaper)."
  type        = bool
}

variable "interface_endpoints" {
  description = "AWS services that tasks reach without leaving the VPC, by their short names. Example: [\"ecr.api\", \"ecr.dkr\", \"logs\"]."
  type        = set(string)

  validation {
    # Those that endpoint-calls.tf knows; another would let anybody's credentials through.
    condition = length(setsubtract(var.interface_endpoints, [
      "appmesh-envoy-management", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm", "ssmmessages",
    ])) == 0
    error_message = "interface_endpoints names a service without a policy: write it in endpoint-calls.tf first (s3 and dynamodb have gateway endpoints already)."
  }
}

variable "kms_key_arn" {
  description = "Key that the flow logs are encrypted with."
  type        = string
}

variable "log_retention_days" {
  description = "Days that flow logs are kept. Example: 30."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs offers, such as 14, 30 or 90."
  }
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of the module's roles; null without one. Example: \"arn:aws:iam::111122223333:policy/notifications-boundary\"."
  type        = string
  default     = null
}
