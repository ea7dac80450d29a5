variable "wrong_queue" {
  default = {
    low  = { visibility_timeout = 0, max_receive_count = 1, retention_days = 0 }
    even = { dead_letter_retention_days = 4 }
    high = { visibility_timeout = 43201, max_receive_count = 1001, retention_days = 4, dead_letter_retention_days = 15 }
  }
}

module "queue_low" {
  source = "../terraform/modules/queue"

  aws                = local.aws
  name               = "refused"
  visibility_timeout = var.wrong_queue.low.visibility_timeout
  max_receive_count  = var.wrong_queue.low.max_receive_count
  retention_days     = var.wrong_queue.low.retention_days
}

module "queue_high" {
  source = "../terraform/modules/queue"

  aws                        = local.aws
  name                       = "refused"
  visibility_timeout         = var.wrong_queue.high.visibility_timeout
  max_receive_count          = var.wrong_queue.high.max_receive_count
  retention_days             = var.wrong_queue.high.retention_days
  dead_letter_retention_days = var.wrong_queue.high.dead_letter_retention_days
}

# A dead letter would be deleted no later than a message that is still being tried.
module "queue_even" {
  source = "../terraform/modules/queue"

  aws                        = local.aws
  name                       = "refused"
  visibility_timeout         = 30
  retention_days             = 4
  dead_letter_retention_days = var.wrong_queue.even.dead_letter_retention_days
}
