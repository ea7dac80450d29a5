# Two zones with one NAT gateway.
module "network" {
  source = "../terraform/modules/network"

  aws                  = local.aws
  name                 = "mail"
  cidr_block           = "10.20.0.0/16"
  availability_zones   = ["eu-central-1a", "eu-central-1b"]
  nat_gateway_per_zone = false
  interface_endpoints  = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm"]
  kms_key_arn          = local.kms_key_arn
  log_retention_days   = 30
}

# Three zones with a NAT gateway each, every endpoint that there is, and another partition.
module "network_edge" {
  source = "../terraform/modules/network"

  aws = {
    partition  = "aws-us-gov"
    dns_suffix = "amazonaws.com"
    region     = "us-gov-west-1"
    account_id = "111122223333"
  }
  name                 = "edge"
  cidr_block           = "172.16.0.0/16"
  availability_zones   = ["us-gov-west-1c", "us-gov-west-1a", "us-gov-west-1b"]
  nat_gateway_per_zone = true
  interface_endpoints  = ["appmesh-envoy-management", "ecr.api", "ecr.dkr", "ssmmessages"]
  kms_key_arn          = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1"
  log_retention_days   = 3653
}

# The smallest, without interface endpoints.
module "network_small" {
  source = "../terraform/modules/network"

  aws                  = local.aws
  name                 = "small"
  cidr_block           = "100.64.2.0/23"
  availability_zones   = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  nat_gateway_per_zone = false
  private_endpoints    = "gateway"
  interface_endpoints  = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm"]
  kms_key_arn          = local.kms_key_arn
  log_retention_days   = 1
}

# Partitions that name some of their endpoints after themselves; sizes between.
module "network_partitions_edge" {
  source   = "../terraform/modules/network"
  for_each = local.partitions

  aws                  = each.value
  name                 = "edge"
  cidr_block           = "10.20.0.0/${each.value.size}"
  availability_zones   = ["${each.value.region}a", "${each.value.region}b", "${each.value.region}c"]
  nat_gateway_per_zone = false
  interface_endpoints  = ["appmesh-envoy-management", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm", "ssmmessages"]
  kms_key_arn          = "arn:${each.value.partition}:kms:${each.value.region}:111122223333:key/1"
  log_retention_days   = 30
}

locals {
  partitions = {
    aws-us-gov = { partition = "aws-us-gov", dns_suffix = "amazonaws.com", region = "us-gov-east-1", account_id = "111122223333", size = 17 }
    aws-cn     = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn", region = "cn-northwest-1", account_id = "111122223333", size = 18 }
    aws-eusc   = { partition = "aws-eusc", dns_suffix = "amazonaws.eu", region = "eusc-de-east-1", account_id = "111122223333", size = 19 }
    aws-iso    = { partition = "aws-iso", dns_suffix = "c2s.ic.gov", region = "us-iso-east-1", account_id = "111122223333", size = 20 }
    aws-iso-b  = { partition = "aws-iso-b", dns_suffix = "sc2s.sgov.gov", region = "us-isob-east-1", account_id = "111122223333", size = 21 }
    aws-iso-e  = { partition = "aws-iso-e", dns_suffix = "cloud.adc-e.uk", region = "eu-isoe-west-1", account_id = "111122223333", size = 22 }
  }
}
