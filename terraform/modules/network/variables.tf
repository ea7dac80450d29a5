variable "aws" {
  description = "Where ARNs and service names point: partition, dns_suffix, region, account_id. Example: { partition = \"aws\", dns_suffix = \"amazonaws.com\", region = \"eu-central-1\", account_id = \"111122223333\" }."
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
    # A VPC may be as small as a /28, but three zones' subnets with room for a load balancer need a /23
    # (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, and subnet-sizes.tf).
    condition = try(
      can(cidrnetmask(var.cidr_block)) && cidrsubnet(var.cidr_block, 0, 0) == var.cidr_block
      && tonumber(split("/", var.cidr_block)[1]) >= 16 && tonumber(split("/", var.cidr_block)[1]) <= 23,
      false
    )
    error_message = "The VPC's address range must be an IPv4 network from /16 to /23 without host bits, such as 10.20.0.0/16, for subnets to be cut from it by number: ${var.cidr_block} is none."
  }

  validation {
    # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    condition     = !can(regex("^(0|127|22[4-9]|2[3-5][0-9])[.]|^169[.]254[.]", var.cidr_block))
    error_message = "The VPC's address range must not lie in 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 or above 224.0.0.0, which AWS refuses: ${var.cidr_block} does."
  }
}

variable "availability_zones" {
  description = "Zones that get a public and a private subnet each. Example: [\"eu-central-1a\", \"eu-central-1b\"]."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2 && length(var.availability_zones) <= 3 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "Name two or three different availability zones: a load balancer needs two."
  }

  validation {
    # A zone's code is its region's and a letter. Local and Wavelength Zones have longer ones, and no Fargate
    # (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html,
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-regions-zones.html).
    condition     = alltrue([for zone in var.availability_zones : can(regex("^${var.aws.region}[a-z]$", zone))])
    error_message = "availability_zones must be zones of the region, by their codes: the region's with one letter behind it. Local and Wavelength Zones have no Fargate. Not so: ${join(", ", [for zone in var.availability_zones : zone if !can(regex("^${var.aws.region}[a-z]$", zone))])}."
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

variable "private_endpoints" {
  description = <<-EOT
    "all" has an interface endpoint for each of interface_endpoints, in every zone; "gateway" has none, and tasks
    reach those services through the NAT gateways. S3 and DynamoDB have gateway endpoints, free of charge, either way.
  EOT
  type        = string
  default     = "all"

  validation {
    condition     = contains(["all", "gateway"], var.private_endpoints)
    error_message = "private_endpoints must be all or gateway."
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
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs offers, such as 14, 30 or 90."
  }
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of the module's roles; null without one. Example: \"arn:aws:iam::111122223333:policy/notifications-boundary\"."
  type        = string
  default     = null
}
