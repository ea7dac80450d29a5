variable "wrong_load_balancer" {
  default = {
    low = {
      name            = "a-name-of-26-characters-xy"
      subnets         = ["subnet-1"]
      callers         = ["10.0.0.1"]
      mode            = "http"
      certificate_arn = null
      hosted_zone_id  = "api.example.com"
      days            = 0
      weight          = -1
      target          = { port = 1023, health_check_path = "healthz" }
    }
    high = {
      name            = "m"
      callers         = ["everybody"]
      mode            = "https"
      certificate_arn = null
      hosted_zone_id  = "Z0123456789ABCDEFGHIJKLMNOPQRSTUV"
      days            = 1.5
      weight          = 101
      target          = { port = 65536, health_check_path = "/" }
    }
    odd = {
      name            = "internal-mail"
      callers         = ["10.0.0.0/8", "fd00::/16"]
      mode            = "plain_http"
      certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
      hosted_zone_id  = "/hostedzone/Z1"
      weight          = 10.5
    }
    ending    = { name = "mail-", mode = "https", certificate_arn = "arn:aws:iam::123456789012:server-certificate/mail", domain_name = null, hosted_zone_id = null }
    digit     = { name = "1mail", mode = "https", certificate_arn = "arn:aws-cn:acm:eu-central-1:123456789012:certificate/1", domain_name = "API.example.com", hosted_zone_id = null }
    everybody = { callers = ["0.0.0.0/0", "203.0.113.0/24"], domain_name = "-a.example.com" }
    halves    = { callers = ["0.0.0.0/1", "128.0.0.0/1"], domain_name = "*.example.com" }
    hidden    = { callers = ["1.2.3.4/0", "10.0.0.0/7"], domain_name = "api.example.com:8080" }
    ipv6      = { callers = ["::/0"], domain_name = "api.example.com." }
    long      = { callers = [], domain_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com" }
    orphan    = { callers = [], domain_name = null }
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
  hosted_zone_id      = var.wrong_load_balancer.low.hosted_zone_id
  certificate_arn     = var.wrong_load_balancer.low.certificate_arn
  deletion_protection = false
  log_retention_days  = var.wrong_load_balancer.low.days
  canary              = { service_name = "web-canary", weight = var.wrong_load_balancer.low.weight }
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
  hosted_zone_id      = var.wrong_load_balancer.high.hosted_zone_id
  certificate_arn     = var.wrong_load_balancer.high.certificate_arn
  deletion_protection = false
  log_retention_days  = var.wrong_load_balancer.high.days
  canary              = { service_name = "web-canary", weight = var.wrong_load_balancer.high.weight }
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
  hosted_zone_id      = var.wrong_load_balancer.odd.hosted_zone_id
  certificate_arn     = var.wrong_load_balancer.odd.certificate_arn
  deletion_protection = false
  log_retention_days  = 30
  canary              = { service_name = "web-canary", weight = var.wrong_load_balancer.odd.weight }
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
  domain_name         = var.wrong_load_balancer.ending.domain_name
  hosted_zone_id      = var.wrong_load_balancer.ending.hosted_zone_id
  certificate_arn     = var.wrong_load_balancer.ending.certificate_arn
  deletion_protection = false
  log_retention_days  = 30
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
  domain_name         = var.wrong_load_balancer.digit.domain_name
  hosted_zone_id      = var.wrong_load_balancer.digit.hosted_zone_id
  certificate_arn     = var.wrong_load_balancer.digit.certificate_arn
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_everybody" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.everybody.callers
  listener_mode       = "plain_http"
  domain_name         = var.wrong_load_balancer.everybody.domain_name
  hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_halves" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.halves.callers
  listener_mode       = "plain_http"
  domain_name         = var.wrong_load_balancer.halves.domain_name
  hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_hidden" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.hidden.callers
  listener_mode       = "plain_http"
  domain_name         = var.wrong_load_balancer.hidden.domain_name
  hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_ipv6" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.ipv6.callers
  listener_mode       = "plain_http"
  domain_name         = var.wrong_load_balancer.ipv6.domain_name
  hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_long" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.long.callers
  listener_mode       = "plain_http"
  domain_name         = var.wrong_load_balancer.long.domain_name
  hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}

module "load_balancer_orphan" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.wrong_load_balancer.orphan.callers
  listener_mode       = "plain_http"
  domain_name         = var.wrong_load_balancer.orphan.domain_name
  hosted_zone_id      = "Z0123456789ABCDEFGHIJ"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}
