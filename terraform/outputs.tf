output "url" {
  description = "Where the Notification API answers."
  value       = module.load_balancer.url
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
    target_group_arn = module.load_balancer.attachment.target_group_arn
    log_group        = module.notification_api.log_group
    discovery_name   = module.discovery.names["notification-api"]
  }
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

output "dead_letter_queue_name" {
  description = "Name of the queue that takes messages which could not be sent."
  value       = module.queue.dead_letter_queue_name
}

output "ecr_repository_urls" {
  description = "Where to push each image, by service."
  value       = module.registry.repository_urls
}
