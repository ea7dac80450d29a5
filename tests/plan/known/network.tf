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
  log_retention_days   = 731
}
