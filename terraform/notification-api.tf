locals {
  # The canary differs from the stable service in its image and its target group alone.
  notification_api = {
    # Seconds between SIGTERM and SIGKILL, for requests in flight.
    stop_timeout = 30

    permissions = {
      SendToQueue = {
        actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        resources = [module.queue.arn, module.queue.priority_arn]
      }
      # Read by the task itself, so that a new key needs no new task.
      ReadApiKeys = {
        actions   = ["secretsmanager:GetSecretValue"]
        resources = [module.secrets.api_keys_secret.arn_pattern]
      }
    }

    environment = {
      ENVIRONMENT         = var.environment
      QUEUE_NAME          = module.queue.name
      PRIORITY_QUEUE_NAME = module.queue.priority_name
      API_KEYS_SECRET     = module.secrets.api_keys_secret.name

      # Plain HTTP to the proxy beside the task, which encrypts where the mesh does. The name is the same in
      # every mode of the mesh, and Cloud Map's without one. By way of the service, so that the Email Sender
      # runs first: a proxy of Service Connect knows only what was there when its task's deployment began
      # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html).
      EMAIL_SENDER_URL = "http://${module.discovery.names[module.email_sender.name]}:${local.services["email-sender"].port}"
    }
  }
}

module "notification_api" {
  source = "./modules/service"

  aws                      = local.aws
  name                     = "notification-api"
  name_prefix              = local.name
  cluster_arn              = module.cluster.arn
  image                    = "${module.registry.repository_urls["notification-api"]}:${var.image_tag}"
  image_repository_arn     = module.registry.repository_arns["notification-api"]
  permissions_boundary_arn = local.permissions_boundary_arn
  cpu                      = var.notification_api.cpu
  memory                   = var.notification_api.memory
  cpu_architecture         = var.cpu_architecture
  spot_share               = var.notification_api.spot_share
  port                     = local.services["notification-api"].port
  stop_timeout             = local.notification_api.stop_timeout
  initial_count            = var.notification_api.min_tasks
  execute_command          = var.execute_command

  environment     = local.notification_api.environment
  settings        = module.secrets.parameters["notification-api"]
  settings_digest = module.secrets.settings_digests["notification-api"]
  permissions     = local.notification_api.permissions

  network               = module.network
  load_balancer         = module.load_balancer.stable
  discovery_service_arn = module.discovery.service_arns["notification-api"]
  mesh                  = module.mesh.members["notification-api"]
  rollback_alarms       = module.monitoring.rollback_alarms["notification-api"]
  kms_key_arn           = module.encryption.key_arn
  log_retention_days    = var.log_retention_days
}

# A release candidate beside the stable service. Its target group stands all the time and gets its
# share of requests from the listener's weights; the tasks exist while var.canary names an image.
module "notification_api_canary" {
  source = "./modules/service"
  count  = var.canary == null ? 0 : 1

  aws              = local.aws
  name             = "notification-api-canary"
  candidate_of     = module.notification_api.shared
  name_prefix      = local.name
  cluster_arn      = module.cluster.arn
  image            = "${module.registry.repository_urls["notification-api"]}:${var.canary.image_tag}"
  cpu              = var.notification_api.cpu
  memory           = var.notification_api.memory
  cpu_architecture = var.cpu_architecture
  spot_share       = var.notification_api.spot_share
  port             = local.services["notification-api"].port
  stop_timeout     = local.notification_api.stop_timeout
  initial_count    = local.canary_min_tasks
  execute_command  = var.execute_command

  environment     = local.notification_api.environment
  settings        = module.secrets.parameters["notification-api"]
  settings_digest = module.secrets.settings_digests["notification-api"]

  network               = module.network
  load_balancer         = module.load_balancer.canary
  discovery_service_arn = module.discovery.service_arns["notification-api-canary"]
  mesh                  = module.mesh.members["notification-api-canary"]
  rollback_alarms       = module.monitoring.rollback_alarms["notification-api-canary"]
}
