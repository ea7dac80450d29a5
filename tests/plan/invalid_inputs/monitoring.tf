variable "wrong_monitoring" {
  default = {
    low = {
      subscribers = ["nobody"]
      runbook_url = ""
      thresholds  = { queue_age = 59, error_rate = 0, p99_latency = 0.9, cpu = 69, send_failure_rate = 0 }
    }
    open = {
      subscribers = ["on-call@notifications.example and others"]
      runbook_url = "docs/runbook.md"
      thresholds  = { queue_age = 300, error_rate = 1, p99_latency = 1000, cpu = 90, send_failure_rate = 5 }
    }
    high = {
      subscribers = ["on call@notifications.example"]
      runbook_url = "https://runbook.example/runbook.md#top"
      thresholds  = { queue_age = 3601, error_rate = 100, p99_latency = 60000, cpu = 100, send_failure_rate = 100 }
    }
  }
}

module "monitoring_low" {
  source = "../terraform/modules/monitoring"

  aws                    = local.aws
  name                   = "refused"
  environment            = "staging"
  kms_key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/1"
  subscribers            = var.wrong_monitoring.low.subscribers
  runbook_url            = var.wrong_monitoring.low.runbook_url
  thresholds             = var.wrong_monitoring.low.thresholds
  cluster_name           = "cluster"
  queue_name             = "mail"
  priority_queue_name    = "urgent"
  dead_letter_queue_name = "dead"
  load_balancer          = { load_balancer = "app/1", stable = "targetgroup/1", canary = "targetgroup/2" }
  services               = { email-sender = { cpu_target = 70 }, notification-api = { cpu_target = 60 } }
}

module "monitoring_high" {
  source = "../terraform/modules/monitoring"

  aws                    = local.aws
  name                   = "refused"
  environment            = "staging"
  kms_key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/1"
  subscribers            = var.wrong_monitoring.high.subscribers
  runbook_url            = var.wrong_monitoring.high.runbook_url
  thresholds             = var.wrong_monitoring.high.thresholds
  cluster_name           = "cluster"
  queue_name             = "mail"
  priority_queue_name    = "urgent"
  dead_letter_queue_name = "dead"
  load_balancer          = { load_balancer = "app/1", stable = "targetgroup/1", canary = "targetgroup/2" }
  services               = { email-sender = { cpu_target = 70 }, notification-api = { cpu_target = 60 } }
}

module "monitoring_open" {
  source = "../terraform/modules/monitoring"

  aws                    = local.aws
  name                   = "refused"
  environment            = "staging"
  kms_key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/1"
  subscribers            = var.wrong_monitoring.open.subscribers
  runbook_url            = var.wrong_monitoring.open.runbook_url
  thresholds             = var.wrong_monitoring.open.thresholds
  cluster_name           = "cluster"
  queue_name             = "mail"
  priority_queue_name    = "urgent"
  dead_letter_queue_name = "dead"
  load_balancer          = { load_balancer = "app/1", stable = "targetgroup/1", canary = "targetgroup/2" }
  services               = { email-sender = { cpu_target = 70 }, notification-api = { cpu_target = 60 } }
}
