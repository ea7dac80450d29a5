variable "wrong_network" {
  default = {
    few       = { zones = ["eu-central-1a"], cidr_block = "10.20.0.0/15", endpoints = ["s3"], days = 0 }
    many      = { zones = ["a", "b", "c", "d"], cidr_block = "10.20.0.0/24", endpoints = ["kms"], days = 31 }
    twice     = { zones = ["eu-central-1a", "eu-central-1a"], cidr_block = "10.20.1.0/16" }
    two_twice = { zones = ["eu-central-1a", "eu-central-1b", "eu-central-1a"], cidr_block = "fd00::/16", private_endpoints = "interface" }
  }
}

# Address ranges and zones that AWS has not, or that no Fargate task and no load balancer has room in.
variable "wrong_cidr_blocks" {
  default = [
    "10.0.0.0/15", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/28", "10.0.0.0/29", "10.0.1.0/16", "10.0.0.1/23", "10.0.0.0",
    "10.0.0.0/", "10.0.0/16", "256.0.0.0/16", "fd00::/16", "10.20.0.0/16/16", "", "10.0.0.0-10.0.255.255",
    # Reserved.
    "0.1.0.0/16", "127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "239.255.0.0/16", "240.0.0.0/16", "255.255.0.0/16",
  ]
}

variable "wrong_zones" {
  default = [
    "eu-central-1", "eu-central-1x1", "eu-central-10a", "eu-central-1A", "eu-central-1-ham-1a", "eu-central-1-wl1-ber-wlz-1",
    "euc1-az1", "eu-central-2a", "us-east-1a", "eu-central-1b ",
  ]
}

module "network" {
  source = "../terraform/modules/network"
  for_each = merge(
    var.wrong_network,
    { for block in var.wrong_cidr_blocks : block => { cidr_block = block } },
    { for zone in var.wrong_zones : zone => { zones = ["eu-central-1a", zone] } },
  )

  aws                  = local.aws
  name                 = "refused"
  cidr_block           = try(each.value.cidr_block, "10.20.0.0/16")
  availability_zones   = try(each.value.zones, ["eu-central-1a", "eu-central-1b"])
  nat_gateway_per_zone = true
  interface_endpoints  = try(each.value.endpoints, [])
  private_endpoints    = try(each.value.private_endpoints, "all")
  kms_key_arn          = local.kms_key_arn
  log_retention_days   = try(each.value.days, 30)
}
