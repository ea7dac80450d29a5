variable "wrong_load_balancer" {
  default = {
    low = {
      name           = "a-name-of-26-characters-xy"
      subnets        = ["subnet-1"]
      mode           = "http"
      hosted_zone_id = "api.example.com"
      days           = 0
      weight         = -1
      target         = { port = 1023, health_check_path = "healthz" }
    }
    high = {
      name           = "m"
      hosted_zone_id = "Z0123456789ABCDEFGHIJKLMNOPQRSTUV"
      days           = 1.5
      weight         = 101
      target         = { port = 65536, health_check_path = "/" }
    }
    half = {
      name           = "internal-mail"
      hosted_zone_id = "/hostedzone/Z1"
      weight         = 10.5
      target         = { port = 8080.5, health_check_path = "/" }
    }
    ending = { name = "mail-" }
    digit  = { name = "1mail" }
  }
}

module "load_balancer" {
  source   = "../terraform/modules/load_balancer"
  for_each = var.wrong_load_balancer

  aws                 = local.aws
  name                = each.value.name
  vpc_id              = "vpc-1"
  subnet_ids          = try(each.value.subnets, ["subnet-1", "subnet-2"])
  allowed_cidr_blocks = ["10.0.0.0/8"]
  listener_mode       = try(each.value.mode, "plain_http")
  hosted_zone_id      = try(each.value.hosted_zone_id, null)
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = try(each.value.days, 30)
  canary              = try({ service_name = "web-canary", weight = each.value.weight }, null)
  target              = try(each.value.target, { port = 8080, health_check_path = "/healthz" })
}

variable "wrong_load_balancer_beside" {
  default = {
    address   = { callers = ["10.0.0.1"] }
    everybody = { callers = ["0.0.0.0/0", "203.0.113.0/24"], domain_name = "-a.example.com" }
    halves    = { callers = ["0.0.0.0/1", "128.0.0.0/1"], domain_name = "*.example.com" }
    hidden    = { callers = ["1.2.3.4/0", "10.0.0.0/7"], domain_name = "api.example.com:8080" }
    host_bits = { callers = ["203.0.113.7/24", "10.0.0.0/0"] }
    ipv6      = { callers = ["::/0"], domain_name = "api.example.com." }
    one_ipv6  = { callers = ["10.0.0.0/8", "fd00::/16"], certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" }
    word      = { callers = ["everybody"], mode = "https", domain_name = "api.example.com" }
    long      = { domain_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com" }
    nameless  = { mode = "https", certificate_arn = "arn:aws:iam::123456789012:server-certificate/mail" }
    orphan    = { hosted_zone_id = "Z0123456789ABCDEFGHIJ" }
    upper     = { mode = "https", certificate_arn = "arn:aws-cn:acm:eu-central-1:123456789012:certificate/1", domain_name = "API.example.com" }
  }
}

# Those of another account, region or partition, and what is no certificate.
variable "wrong_certificates" {
  default = [
    "arn:aws:acm:eu-central-1:210987654321:certificate/1",
    "arn:aws:acm:eu-west-1:123456789012:certificate/1",
    "arn:aws-cn:acm:eu-central-1:123456789012:certificate/1",
    "arn:aws:acm:eu-central-1:123456789012:certificate/",
    "arn:aws:acm:eu-central-1:123456789012:key/1",
    "1",
  ]
}

module "load_balancer_beside" {
  source = "../terraform/modules/load_balancer"
  for_each = merge(var.wrong_load_balancer_beside, {
    for arn in var.wrong_certificates : arn => { mode = "https", certificate_arn = arn, domain_name = "api.example.com" }
  })

  aws                 = local.aws
  name                = "mail"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = try(each.value.callers, ["10.0.0.0/8"])
  listener_mode       = try(each.value.mode, "plain_http")
  domain_name         = try(each.value.domain_name, null)
  hosted_zone_id      = try(each.value.hosted_zone_id, null)
  certificate_arn     = try(each.value.certificate_arn, null)
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/healthz" }
}
