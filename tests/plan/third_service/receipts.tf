# An example: a service that says what became of notifications. Nothing calls it and it calls nothing.
module "receipts" {
  source = "./modules/service"

  aws                      = local.aws
  name                     = "receipts"
  name_prefix              = local.name
  cluster_arn              = module.cluster.arn
  image                    = "${module.registry.repository_urls["receipts"]}:${var.image_tag}"
  image_repository_arn     = module.registry.repository_arns["receipts"]
  permissions_boundary_arn = local.permissions_boundary_arn
  cpu                      = 256
  memory                   = 512
  cpu_architecture         = var.cpu_architecture
  spot_share               = 0
  port                     = local.services["receipts"].port
  stop_timeout             = 30
  initial_count            = 1
  execute_command          = var.execute_command

  environment     = { LEDGER_TABLE = module.ledger.name }
  settings        = module.secrets.parameters["receipts"]
  settings_digest = module.secrets.settings_digests["receipts"]

  permissions = {
    ReadLedger = {
      actions   = ["dynamodb:GetItem"]
      resources = [module.ledger.arn]
    }
  }

  # No load balancer asks it, so ECS does.
  health_check = {
    command      = ["CMD", "python", "-m", "receipts.healthcheck"]
    interval     = 15
    timeout      = 5
    retries      = 3
    start_period = 60
  }

  network               = module.network
  discovery_service_arn = module.discovery.service_arns["receipts"]
  mesh                  = module.mesh.members["receipts"]
  rollback_alarms       = module.monitoring.rollback_alarms["receipts"]
  kms_key_arn           = module.encryption.key_arn
  log_retention_days    = var.log_retention_days
}
