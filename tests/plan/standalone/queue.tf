module "queue" {
  source = "../terraform/modules/queue"

  aws                = local.aws
  name               = "mail"
  visibility_timeout = 30
}

module "queue_low" {
  source = "../terraform/modules/queue"

  aws                        = local.aws
  name                       = "low"
  visibility_timeout         = 1
  max_receive_count          = 2
  retention_days             = 1
  dead_letter_retention_days = 2
}

module "queue_high" {
  source = "../terraform/modules/queue"

  aws                        = local.aws
  name                       = "high"
  visibility_timeout         = 43200
  max_receive_count          = 1000
  retention_days             = 13
  dead_letter_retention_days = 14
}

output "queue" {
  value = {
    names = {
      normal      = module.queue.name
      priority    = module.queue.priority_name
      dead_letter = module.queue.dead_letter_queue_name
    }
    arns = {
      normal      = module.queue.arn
      priority    = module.queue.priority_arn
      dead_letter = module.queue.dead_letter_queue_arn
    }
  }
}
