module "load_generator" {
  source = "../terraform/modules/load_generator"

  aws                      = local.aws
  name                     = "standalone"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  workers                  = 50
  image                    = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/standalone/load-generator:1.4.2"
  image_repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/standalone/load-generator"
  cpu_architecture         = "ARM64"
  network                  = merge(local.service.network, { nat_addresses = { a = "203.0.113.7", b = "203.0.113.8" } })
  load_balancer            = { port = 443, security_group_id = "sg-load-balancer" }
  kms_key_arn              = local.kms_key_arn
  log_retention_days       = 30
}

# AWS's services behind the NAT gateway, and a listener without TLS.
module "load_generator_gateway" {
  source = "../terraform/modules/load_generator"

  aws                  = local.aws
  name                 = "standalone-gateway"
  workers              = 2
  image                = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/standalone/load-generator:1.4.2"
  image_repository_arn = "arn:aws:ecr:eu-central-1:123456789012:repository/standalone/load-generator"
  cpu_architecture     = "X86_64"
  network = merge(local.service.network, {
    nat_addresses              = { a = "203.0.113.7" }
    private_endpoints          = "gateway"
    endpoint_security_group_id = null
  })
  load_balancer      = { port = 80, security_group_id = "sg-load-balancer" }
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 30
}

output "load_generator" {
  value = { run = module.load_generator.run }
}
