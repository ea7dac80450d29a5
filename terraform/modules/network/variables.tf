variable "name" {
  description = "Name of the VPC and first part of its parts' names. Example: \"notifications-staging\"."
  type        = string
}

variable "cidr_block" {
  description = "Address range of the VPC. Example: \"10.20.0.0/16\"."
  type        = string

  validation {
    condition     = can(cidrsubnet(var.cidr_block, 0, 0)) && endswith(var.cidr_block, "/16")
    error_message = "The VPC's address range must be a /16, such as 10.20.0.0/16: subnets are cut from it by number."
  }
}

variable "availability_zones" {
  description = "Zones that get a public and a private subnet each. Example: [\"eu-central-1a\", \"eu-central-1b\"]."
  type        = list(string)

  validation {
    condition     = length(distinct(var.availability_zones)) >= 2 && length(var.availability_zones) <= 6
    error_message = "Name two to six different availability zones: a load balancer needs two."
  }
}

variable "nat_gateway_per_zone" {
  description = "One NAT gateway in each zone instead of one for all."
  type        = bool
}
