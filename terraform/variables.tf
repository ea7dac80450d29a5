variable "name" {
  description = "Name of the system; first part of every resource's name. Example: \"notifications\"."
  type        = string
  default     = "notifications"

  validation {
    # A target group's name has 32 characters: name, environment and "canary" must fit.
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 13 lower-case letters, digits and dashes, beginning with a letter."
  }

  validation {
    # Parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html, security groups:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html, load balancers:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html, buckets:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    condition     = !can(regex("^(aws|ssm|sg$|sg-|internal$|internal-|sthree$|sthree-|amzn-s3-demo)", var.name))
    error_message = "name must not begin with what AWS keeps to itself: aws or ssm, sg-, internal-, sthree- or amzn-s3-demo-."
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
    # Every partition's pattern of the SDKs
    # (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json), with the directions that
    # regions are named after: China, GovCloud, the European Sovereign Cloud and the isolated ones included.
    condition     = can(regex("^(af|ap|ca|cn|eu|eu-isoe|eusc-de|il|me|mx|sa|us|us-gov|us-iso|us-isob|us-isof)-(central|north|south|east|west|northeast|northwest|southeast|southwest)-[1-9][0-9]?$", var.aws_region))
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
    # More on zones is in the network module.
    condition     = alltrue([for zone in var.availability_zones : can(regex("^${var.aws_region}[a-z]$", zone))])
    error_message = "availability_zones must all lie in aws_region: its code with one letter behind it, such as eu-central-1a."
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

variable "private_endpoints" {
  description = <<-EOT
    "all" keeps calls of AWS's services inside the VPC, by an interface endpoint for each service in each zone.
    "gateway" has endpoints for S3 and DynamoDB alone, which are free of charge: tasks reach the other services
    through the NAT gateways, which is cheaper and opens port 443 of anybody to both services.
  EOT
  type        = string
  default     = "all"

  validation {
    condition     = contains(["all", "gateway"], var.private_endpoints)
    error_message = "private_endpoints must be all or gateway."
  }
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

  validation {
    # Another account may share it (https://docs.aws.amazon.com/privateca/latest/userguide/pca-ram.html);
    # it issues in its own region.
    condition = var.mesh_certificate_authority_arn == null || can(regex(
      "^arn:${local.partition_of_region}:acm-pca:${var.aws_region}:[0-9]{12}:certificate-authority/.+$", var.mesh_certificate_authority_arn
    ))
    error_message = "mesh_certificate_authority_arn must be the ARN of an AWS Private CA in aws_region."
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
    # AWS's own policies may bound as well; one of another account may not
    # (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
    condition = var.permissions_boundary_arn == null || var.permissions_boundary_arn == "none" || can(regex(
      "^arn:${local.partition_of_region}:iam::(aws|${var.aws_account_id}):policy/.+$", var.permissions_boundary_arn
    ))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy of aws_account_id or of AWS, in aws_region's partition, or none."
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
