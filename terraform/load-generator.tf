# Off by default: staging's load, made where one machine is too small or too far away (docs/load.md).
module "load_generator" {
  source = "./modules/load_generator"
  count  = var.load_generator == null ? 0 : 1

  aws                      = local.aws
  name                     = local.name
  permissions_boundary_arn = local.permissions_boundary_arn
  workers                  = var.load_generator.workers
  image                    = "${module.registry.repository_urls["load-generator"]}:${coalesce(var.load_generator.image_tag, var.image_tag)}"
  image_repository_arn     = module.registry.repository_arns["load-generator"]
  cpu_architecture         = var.cpu_architecture
  network                  = module.network
  load_balancer            = module.load_balancer.for_callers
  kms_key_arn              = module.encryption.key_arn
  log_retention_days       = var.log_retention_days
}

output "load_generator" {
  description = "How a test runs the load in this account; null while there is no load generator."
  value = var.load_generator == null ? null : merge(module.load_generator[0].run, {
    cluster = module.cluster.name
  })
}
