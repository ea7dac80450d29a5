# Tasks of each service between its bounds, by target tracking of its CPU; the targets, 70 % by default, are
# cpu_target in variables-services.tf.
module "notification_api_autoscaling" {
  source = "./modules/autoscaling"

  cluster_name       = module.cluster.name
  service_name       = module.notification_api.name
  min_tasks          = var.notification_api.min_tasks
  max_tasks          = var.notification_api.max_tasks
  cpu_target         = var.notification_api.cpu_target
  scale_out_cooldown = var.notification_api.scale_out_cooldown
  scale_in_cooldown  = var.notification_api.scale_in_cooldown
  scheduled_minimums = var.notification_api.scheduled_minimums
}

module "email_sender_autoscaling" {
  source = "./modules/autoscaling"

  cluster_name       = module.cluster.name
  service_name       = module.email_sender.name
  min_tasks          = var.email_sender.min_tasks
  max_tasks          = var.email_sender.max_tasks
  cpu_target         = var.email_sender.cpu_target
  scale_out_cooldown = var.email_sender.scale_out_cooldown
  scale_in_cooldown  = var.email_sender.scale_in_cooldown
  scheduled_minimums = var.email_sender.scheduled_minimums

  # A sender that waits for the mail server idles while its queue grows: CPU alone would not see it.
  backlog = {
    queue_names       = [module.queue.name, module.queue.priority_name]
    messages_per_task = var.email_sender.messages_per_task
  }
}

module "notification_api_canary_autoscaling" {
  source = "./modules/autoscaling"
  count  = var.canary == null ? 0 : 1

  cluster_name       = module.cluster.name
  service_name       = module.notification_api_canary[0].name
  min_tasks          = local.canary_min_tasks
  max_tasks          = var.notification_api.max_tasks
  cpu_target         = var.notification_api.cpu_target
  scale_out_cooldown = var.notification_api.scale_out_cooldown
  scale_in_cooldown  = var.notification_api.scale_in_cooldown
}

# Its tasks take as many mails as they can, whatever the load is: there is nothing to scale but what is declared.
module "email_sender_canary_autoscaling" {
  source = "./modules/autoscaling"
  count  = var.canary == null ? 0 : 1

  cluster_name       = module.cluster.name
  service_name       = module.email_sender_canary[0].name
  min_tasks          = var.canary.sender_tasks
  max_tasks          = var.canary.sender_tasks
  cpu_target         = var.email_sender.cpu_target
  scale_out_cooldown = var.email_sender.scale_out_cooldown
  scale_in_cooldown  = var.email_sender.scale_in_cooldown
}

locals {
  # As many tasks for each request as the stable service has, or the canary would be compared under another load;
  # with more than half of the requests, as many as all of them ask for. Scaling knows better later.
  canary_weight    = local.canaries["notification-api"]
  canary_min_tasks = max(1, min(var.notification_api.min_tasks, ceil(var.notification_api.min_tasks * local.canary_weight / max(1, 100 - local.canary_weight))))
}
