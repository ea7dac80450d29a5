# A release candidate beside the stable service, on the same queues: which of them takes a mail is a matter of who
# asks first. Nobody calls it, so that the stable service alone says what became of a mail.
module "email_sender_canary" {
  source = "./modules/service"
  count  = var.canary == null ? 0 : 1

  aws              = local.aws
  name             = "email-sender-canary"
  candidate_of     = module.email_sender.shared
  name_prefix      = local.name
  cluster_arn      = module.cluster.arn
  image            = "${module.registry.repository_urls["email-sender"]}:${var.canary.image_tag}"
  cpu              = var.email_sender.cpu
  memory           = var.email_sender.memory
  cpu_architecture = var.cpu_architecture
  spot_share       = var.email_sender.spot_share
  port             = local.services["email-sender"].port
  stop_timeout     = local.email_sender_stop_timeout
  initial_count    = var.canary.sender_tasks
  execute_command  = var.execute_command

  environment     = merge(local.email_sender.environment, { RELEASE = "canary" })
  settings        = module.secrets.parameters["email-sender"]
  settings_digest = module.secrets.settings_digests["email-sender"]
  health_check    = local.email_sender.health_check
  internet_ports  = local.email_sender.internet_ports

  network               = module.network
  discovery_service_arn = module.discovery.service_arns["email-sender-canary"]
  mesh                  = module.mesh.members["email-sender-canary"]
  rollback_alarms       = module.monitoring.rollback_alarms["email-sender-canary"]
}
