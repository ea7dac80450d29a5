# What a service stands on: a key, a network, a cluster, a name, a repository, a load balancer.

data "aws_partition" "current" {}

locals {
  name = "hello"

  aws = {
    partition  = data.aws_partition.current.partition
    dns_suffix = data.aws_partition.current.dns_suffix
    region     = var.aws_region
    account_id = var.aws_account_id
  }
}

module "encryption" {
  source = "../../modules/encryption"

  aws  = local.aws
  name = local.name
}

module "network" {
  source = "../../modules/network"

  aws                  = local.aws
  name                 = local.name
  cidr_block           = "10.30.0.0/16"
  availability_zones   = ["${var.aws_region}a", "${var.aws_region}b"]
  nat_gateway_per_zone = false
  interface_endpoints  = ["ecr.api", "ecr.dkr", "logs"]
  kms_key_arn          = module.encryption.key_arn
  log_retention_days   = 30
}

module "cluster" {
  source = "../../modules/cluster"

  name               = local.name
  kms_key_arn        = module.encryption.key_arn
  log_retention_days = 30
}

module "discovery" {
  source = "../../modules/discovery"

  namespace = "${local.name}.internal"
  vpc_id    = module.network.vpc_id
  services  = ["web"]
}

module "registry" {
  source = "../../modules/registry"

  aws          = local.aws
  name         = local.name
  repositories = ["web"]
  force_delete = false
  kms_key_arn  = module.encryption.key_arn
}

module "load_balancer" {
  source = "../../modules/load_balancer"

  aws                 = local.aws
  name                = local.name
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  allowed_cidr_blocks = var.allowed_cidr_blocks
  listener_mode       = "https"
  certificate_arn     = var.certificate_arn
  domain_name         = var.domain_name
  deletion_protection = true
  log_retention_days  = 30

  target = {
    port              = 8080
    health_check_path = "/healthz"
  }
}
