module "monitoring" {
  source = "../terraform/modules/monitoring"

  aws         = local.aws
  name        = "notifications-staging"
  environment = "staging"
  kms_key_arn = local.kms_key_arn
  subscribers = ["on-call@notifications.example", "team@notifications.example"]
  runbook_url = "https://runbook.example/runbook.md"

  thresholds = { queue_age = 300, error_rate = 1, p99_latency = 1500, cpu = 90, send_failure_rate = 5 }

  cluster_name           = "cluster"
  queue_name             = "mail"
  priority_queue_name    = "urgent"
  dead_letter_queue_name = "dead"
  mail_events            = { queue_name = "events", dead_letter_queue_name = "unread" }
  load_balancer          = { load_balancer = "app/balancer/1", stable = "targetgroup/stable/2", canary = "targetgroup/canary/3" }

  services = {
    notification-api = { cpu_target = 70 }
    email-sender     = { cpu_target = 60 }
  }
}

# The lowest and the highest that is accepted.
module "monitoring_low" {
  source = "../terraform/modules/monitoring"

  aws         = local.aws
  name        = "low"
  environment = "staging"
  kms_key_arn = local.kms_key_arn
  subscribers = []
  runbook_url = "docs/runbook.md"

  thresholds = { queue_age = 60, error_rate = 0.1, p99_latency = 1, cpu = 70, send_failure_rate = 0.1 }

  cluster_name           = "cluster"
  queue_name             = "mail"
  priority_queue_name    = "urgent"
  dead_letter_queue_name = "dead"
  load_balancer          = { load_balancer = "app/balancer/1", stable = "targetgroup/stable/2", canary = "targetgroup/canary/3" }
  services               = { email-sender = { cpu_target = 70 } }
}

module "monitoring_high" {
  source = "../terraform/modules/monitoring"

  aws         = local.aws
  name        = "high"
  environment = "staging"
  kms_key_arn = local.kms_key_arn
  subscribers = []
  runbook_url = "docs/runbook.md"

  thresholds = { queue_age = 3600, error_rate = 99.9, p99_latency = 59999, cpu = 99.9, send_failure_rate = 99.9 }

  cluster_name           = "cluster"
  queue_name             = "mail"
  priority_queue_name    = "urgent"
  dead_letter_queue_name = "dead"
  load_balancer          = { load_balancer = "app/balancer/1", stable = "targetgroup/stable/2", canary = "targetgroup/canary/3" }
  services               = { email-sender = { cpu_target = 70 } }
}

output "monitoring" {
  value = module.monitoring
}
