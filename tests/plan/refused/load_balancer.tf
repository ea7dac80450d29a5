variable "wrong_load_balancer" {
  default = {
    low = {
      name            = "a-name-of-26-characters-xy"
      subnets         = ["subnet-1"]
      callers         = []
      mode            = "http"
      certificate_arn = null
      days            = 0
      weight          = -1
      target          = { port = 1023, health_check_path = "healthz" }
    }
    high = {
      name            = "m"
      callers         = ["everybody"]
      mode            = "https"
      certificate_arn = null
      days            = 1.5
      weight          = 101
      target          = { port = 65536, health_check_path = "/" }
    }
    odd = {
      name            = "internal-mail"
      callers         = ["10.0.0.0/8", "fd00::/16"]
      mode            = "plain_http"
      certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
      weight          = 10.5
    }
    ending = { name = "mail-", mode = "https", certificate_arn = "arn:aws:iam::123456789012:server-certificate/mail" }
    digit  = { name = "1mail", mode = "https", certificate_arn = "arn:aws-cn:acm:eu-central-1:123456789012:certificate/1" }
  }
}

module "load_balancer_low" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = var.wrong_load_balancer.low.name
  vpc_id              = "vpc-1"
  subnet_ids          = var.wrong_load_balancer.low.subnets
  allowed_cidr_blocks = var.wrong_load_balancer.low.callers
  listener_mode       = var.wrong_load_balancer.low.mode
  certificate_arn     = var.wrong_load_balancer.low.certificate_arn
  deletion_protection = false
  log_retention_days  = var.wrong_load_balancer.low.days
  canary_weight       = var.wrong_load_balancer.low.weight
  target              = var.wrong_load_balancer.low.target
}

module "load_balancer_high" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = var.wrong_load_balancer.high.name
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.high.callers
  listener_mode       = var.wrong_load_balancer.high.mode
  certificate_arn     = var.wrong_load_balancer.high.certificate_arn
  deletion_protection = false
  log_retention_days  = var.wrong_load_balancer.high.days
  canary_weight       = var.wrong_load_balancer.high.weight
  target              = var.wrong_load_balancer.high.target
}

module "load_balancer_odd" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = var.wrong_load_balancer.odd.name
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.odd.callers
  listener_mode       = var.wrong_load_balancer.odd.mode
  certificate_arn     = var.wrong_load_balancer.odd.certificate_arn
  deletion_protection = false
  log_retention_days  = 30
  canary_weight       = var.wrong_load_balancer.odd.weight
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_ending" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = var.wrong_load_balancer.ending.name
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = ["10.0.0.0/8"]
  listener_mode       = var.wrong_load_balancer.ending.mode
  certificate_arn     = var.wrong_load_balancer.ending.certificate_arn
  deletion_protection = false
  log_retention_days  = 30
  canary_weight       = 0
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_digit" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = var.wrong_load_balancer.digit.name
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = ["10.0.0.0/8"]
  listener_mode       = var.wrong_load_balancer.digit.mode
  certificate_arn     = var.wrong_load_balancer.digit.certificate_arn
  deletion_protection = false
  log_retention_days  = 30
  canary_weight       = 0
  target              = { port = 8080, health_check_path = "/healthz" }
}
