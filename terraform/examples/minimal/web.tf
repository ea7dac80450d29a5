module "web" {
  source = "../../modules/service"

  aws                  = local.aws
  name                 = "web"
  name_prefix          = local.name
  cluster_arn          = module.cluster.arn
  image                = "${module.registry.repository_urls["web"]}:${var.image_tag}"
  image_repository_arn = module.registry.repository_arns["web"]
  cpu                  = 256
  memory               = 512
  cpu_architecture     = "ARM64"
  spot_share           = 0
  port                 = 8080
  stop_timeout         = 30
  initial_count        = 2

  environment = { GREETING = "hello" }

  # What the service may do in AWS: nothing yet.
  permissions = {}

  network               = module.network
  load_balancer         = module.load_balancer.stable
  discovery_service_arn = module.discovery.service_arns["web"]
  mesh                  = {}
  rollback_alarms       = [aws_cloudwatch_metric_alarm.errors.alarm_name]
  kms_key_arn           = module.encryption.key_arn
  log_retention_days    = 30
}

module "web_autoscaling" {
  source = "../../modules/autoscaling"

  cluster_name       = module.cluster.name
  service_name       = module.web.name
  min_tasks          = 2
  max_tasks          = 4
  cpu_target         = 70
  scale_out_cooldown = 60
  scale_in_cooldown  = 300
}
