variable "wrong_load_generator" {
  default = {
    one          = { workers = 1 }
    half         = { workers = 2.5 }
    many         = { workers = 51 }
    long         = { name = "a-name-of-forty-characters-is-one-too-many" }
    architecture = { cpu_architecture = "RISCV" }
    retention    = { log_retention_days = 31 }
    endpoints    = { private_endpoints = "some" }
  }
}

module "load_generator" {
  source   = "../terraform/modules/load_generator"
  for_each = var.wrong_load_generator

  aws                  = local.aws
  name                 = try(each.value.name, "refused")
  workers              = try(each.value.workers, 2)
  image                = "refused:1"
  image_repository_arn = "arn:aws:ecr:eu-central-1:123456789012:repository/refused"
  cpu_architecture     = try(each.value.cpu_architecture, "X86_64")
  kms_key_arn          = local.kms_key_arn
  log_retention_days   = try(each.value.log_retention_days, 30)
  load_balancer        = { port = 80, security_group_id = "sg-1" }

  network = {
    vpc_id                     = "vpc-1"
    private_subnet_ids         = ["subnet-1"]
    nat_addresses              = { a = "203.0.113.7" }
    private_endpoints          = try(each.value.private_endpoints, "all")
    endpoint_security_group_id = "sg-1"
    prefix_list_ids            = []
  }
}
