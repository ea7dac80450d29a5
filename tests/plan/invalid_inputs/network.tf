variable "wrong_network" {
  default = {
    few       = { zones = ["eu-central-1a"], cidr_block = "10.20.0.0/15", endpoints = ["s3"], days = 0 }
    many      = { zones = ["a", "b", "c", "d"], cidr_block = "10.20.0.0/24", endpoints = ["kms"], days = 31 }
    twice     = { zones = ["eu-central-1a", "eu-central-1a"], cidr_block = "10.20.1.0/16" }
    two_twice = { zones = ["eu-central-1a", "eu-central-1b", "eu-central-1a"], cidr_block = "fd00::/16" }
  }
}

module "network_few" {
  source = "../terraform/modules/network"

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = var.wrong_network.few.cidr_block
  availability_zones   = var.wrong_network.few.zones
  nat_gateway_per_zone = true
  interface_endpoints  = var.wrong_network.few.endpoints
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days   = var.wrong_network.few.days
}

module "network_many" {
  source = "../terraform/modules/network"

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = var.wrong_network.many.cidr_block
  availability_zones   = var.wrong_network.many.zones
  nat_gateway_per_zone = true
  interface_endpoints  = var.wrong_network.many.endpoints
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days   = var.wrong_network.many.days
}

module "network_twice" {
  source = "../terraform/modules/network"

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = var.wrong_network.twice.cidr_block
  availability_zones   = var.wrong_network.twice.zones
  nat_gateway_per_zone = true
  interface_endpoints  = []
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days   = 30
}

module "network_two_twice" {
  source = "../terraform/modules/network"

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = var.wrong_network.two_twice.cidr_block
  availability_zones   = var.wrong_network.two_twice.zones
  nat_gateway_per_zone = true
  interface_endpoints  = []
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days   = 30
}
