output "url" {
  description = "Where the Notification API answers."
  value       = module.load_balancer.url
}

output "load_balancer_dns_name" {
  description = "The load balancer's own name: what domain_name must lead to where hosted_zone_id is null."
  value       = module.load_balancer.dns_name
}

output "environment" {
  description = "Where this runs: development, staging or production."
  value       = var.environment
}

output "aws_region" {
  description = "Region that everything is in."
  value       = var.aws_region
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = module.cluster.name
}

output "notification_api" {
  description = "The Notification API's names: ECS service, target group, log group, Cloud Map name."
  value = {
    service_name     = module.notification_api.name
    target_group_arn = module.load_balancer.stable.target_group_arn
    log_group        = module.notification_api.log_group
    discovery_name   = module.discovery.names["notification-api"]
  }
}

# What is out, for whoever releases: as it was before, for as long as an apply has not made it so.
output "image_tag" {
  description = "Release that the stable services run."
  value       = var.image_tag

  depends_on = [module.email_sender, module.notification_api]
}

output "canary" {
  description = "The Notification API's canary: image tag, weight and ECS service (0 and null while there is none), target group, alarms to bake by; the Email Sender's: ECS service, tasks, alarms."
  value = {
    image_tag        = one(var.canary[*].image_tag)
    weight           = local.canaries["notification-api"]
    service_name     = one(module.notification_api_canary[*].name)
    target_group_arn = module.load_balancer.canary.target_group_arn
    alarms           = module.monitoring.rollback_alarms["notification-api-canary"]

    sender_tasks        = var.canary == null ? 0 : var.canary.sender_tasks
    sender_service_name = one(module.email_sender_canary[*].name)
    sender_alarms       = module.monitoring.rollback_alarms["email-sender-canary"]
  }

  depends_on = [
    module.email_sender_canary,
    module.email_sender_canary_autoscaling,
    module.load_balancer,
    module.notification_api_canary,
    module.notification_api_canary_autoscaling,
  ]
}

output "email_sender" {
  description = "The Email Sender's names: ECS service, log group, Cloud Map name."
  value = {
    service_name   = module.email_sender.name
    log_group      = module.email_sender.log_group
    discovery_name = module.discovery.names["email-sender"]
  }
}

output "queue_name" {
  description = "Name of the queue between the two services."
  value       = module.queue.name
}

output "priority_queue_name" {
  description = "Name of the queue between them for what overtakes the rest."
  value       = module.queue.priority_name
}

output "dead_letter_queue_name" {
  description = "Name of the queue that takes messages which could not be sent."
  value       = module.queue.dead_letter_queue_name
}

output "mail_dns_records" {
  description = "Records that the sender's domain needs before SES sends mails from it: name, type, value; none with an SMTP server."
  value       = local.smtp ? [] : local.mail.dns_records
}

output "mail_events_queue_name" {
  description = "Name of the queue on which SES says what became of mails; null with an SMTP server."
  value       = local.smtp ? null : local.mail.queue.name
}

output "ecr_repository_urls" {
  description = "Where to push each image, by service."
  value       = module.registry.repository_urls
}

output "ledger_table_name" {
  description = "Name of the table that knows what became of each notification."
  value       = module.ledger.name
}

output "smtp_secret_name" {
  description = "Secret that holds the SMTP server's username and password; null without a login."
  value       = try(module.secrets.smtp_secret.name, null)
}

output "api_keys_secret_name" {
  description = "Secret that says who may call the Notification API."
  value       = module.secrets.api_keys_secret.name
}

output "alarm_topic_arn" {
  description = "SNS topic that alarms are sent to."
  value       = module.monitoring.topic_arn
}

output "user_impact_alarm" {
  description = "Name of the composite alarm to wake somebody by."
  value       = module.monitoring.user_impact_alarm
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.monitoring.dashboard_name
}
