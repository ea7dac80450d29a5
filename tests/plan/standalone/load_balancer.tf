# Plain HTTP on its own name, closed to everybody, without a canary, may be deleted.
module "load_balancer" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = []
  listener_mode       = "plain_http"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}

# HTTPS on a name of its own, a tenth to the canary, kept, in another partition.
module "load_balancer_https" {
  source = "../terraform/modules/load_balancer"

  aws = {
    partition  = "aws-us-gov"
    dns_suffix = "amazonaws.com"
    region     = "us-gov-west-1"
    account_id = "111122223333"
  }
  name                = "secure"
  vpc_id              = "vpc-2"
  subnet_ids          = ["subnet-3", "subnet-4", "subnet-5"]
  allowed_cidr_blocks = ["203.0.113.0/24", "198.51.100.0/24"]
  listener_mode       = "https"
  certificate_arn     = "arn:aws-us-gov:acm:us-gov-west-1:111122223333:certificate/1"
  domain_name         = "api.example.com"
  hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  deletion_protection = true
  log_retention_days  = 90
  canary              = { service_name = "web-canary", weight = 10 }
  target              = { port = 9090, health_check_path = "/ready" }
}

# The edges of what is accepted: the longest names, the least and the most of each figure.
module "load_balancer_least" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "m1"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = ["10.0.0.0/8"]
  listener_mode       = "plain_http"
  certificate_arn     = null
  domain_name         = "a.b"
  hosted_zone_id      = "Z1"
  deletion_protection = false
  log_retention_days  = 1
  canary              = { service_name = "web-canary", weight = 1 }
  target              = { port = 1024, health_check_path = "/" }
}

module "load_balancer_most" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "a-name-of-25-characters-9"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = ["10.0.0.0/8"]
  listener_mode       = "plain_http"
  certificate_arn     = null
  domain_name         = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  hosted_zone_id      = "Z0123456789ABCDEFGHIJKLMNOPQRSTU"
  deletion_protection = false
  log_retention_days  = 3650
  canary              = { service_name = "web-canary", weight = 100 }
  target              = { port = 65535, health_check_path = "/healthz" }
}
