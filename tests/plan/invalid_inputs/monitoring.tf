variable "wrong_monitoring" {
  default = {
    low = {
      subscriber  = "nobody"
      runbook_url = ""
      thresholds  = { queue_age = 59, error_rate = 0, p99_latency = 0.9, cpu = 69, send_failure_rate = 0 }
    }
    high = {
      subscriber  = "on call@notifications.example"
      runbook_url = "https://runbook.example/runbook.md#top"
      thresholds  = { queue_age = 3601, error_rate = 100, p99_latency = 60000, cpu = 100, send_failure_rate = 100 }
    }
  }
}

variable "wrong_subscribers" {
  default = [
    "on-call@notifications.example and others",
    "a@b",
    "a b@c.example",
    "a@b..example",
    "a@-b.example",
    "a@b.example,c@d.example",
    "@b.example",
    "a@b@c.example",
  ]
}

module "monitoring" {
  source   = "../terraform/modules/monitoring"
  for_each = merge(var.wrong_monitoring, { for address in var.wrong_subscribers : address => { subscriber = address } })

  aws                    = local.aws
  name                   = "refused"
  environment            = "staging"
  kms_key_arn            = local.kms_key_arn
  subscribers            = [each.value.subscriber]
  runbook_url            = try(each.value.runbook_url, "docs/runbook.md")
  thresholds             = try(each.value.thresholds, { queue_age = 300, error_rate = 1, p99_latency = 1000, cpu = 90, send_failure_rate = 5 })
  cluster_name           = "cluster"
  queue_name             = "mail"
  priority_queue_name    = "urgent"
  dead_letter_queue_name = "dead"
  load_balancer          = { load_balancer = "app/1", stable = "targetgroup/1", canary = "targetgroup/2" }
  services               = { email-sender = { cpu_target = 70 }, notification-api = { cpu_target = 60 } }
}
