# Address ranges and zones that AWS has not, or that no Fargate task and no load balancer has room in.
variable "wrong_cidr_blocks" {
  default = ["10.0.0.0/15", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/28", "10.0.0.0/29", "10.0.1.0/16", "10.0.0.1/23", "10.0.0.0", "10.0.0.0/", "10.0.0/16", "256.0.0.0/16", "fd00::/16", "10.20.0.0/16/16", "", "10.0.0.0-10.0.255.255"]
}

variable "reserved_cidr_blocks" {
  default = ["0.1.0.0/16", "127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "239.255.0.0/16", "240.0.0.0/16", "255.255.0.0/16"]
}

variable "wrong_zones" {
  default = ["eu-central-1", "eu-central-1x1", "eu-central-10a", "eu-central-1A", "eu-central-1-ham-1a", "eu-central-1-wl1-ber-wlz-1", "euc1-az1", "eu-central-2a", "us-east-1a", "eu-central-1b "]
}

variable "wrong_kind_of_endpoints" {
  default = "interface"
}

module "network_cidr" {
  source   = "../terraform/modules/network"
  for_each = toset(var.wrong_cidr_blocks)

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = each.value
  availability_zones   = ["eu-central-1a", "eu-central-1b"]
  nat_gateway_per_zone = true
  interface_endpoints  = []
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days   = 30
}

module "network_reserved" {
  source   = "../terraform/modules/network"
  for_each = toset(var.reserved_cidr_blocks)

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = each.value
  availability_zones   = ["eu-central-1a", "eu-central-1b"]
  nat_gateway_per_zone = true
  interface_endpoints  = []
  private_endpoints    = var.wrong_kind_of_endpoints
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days   = 30
}

module "network_zones" {
  source   = "../terraform/modules/network"
  for_each = toset(var.wrong_zones)

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = "10.20.0.0/16"
  availability_zones   = ["eu-central-1a", each.value]
  nat_gateway_per_zone = true
  interface_endpoints  = []
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days   = 30
}
