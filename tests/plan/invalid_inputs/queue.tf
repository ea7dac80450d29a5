variable "wrong_queue" {
  default = {
    low  = { visibility_timeout = 0, max_receive_count = 1, retention_days = 0 }
    high = { visibility_timeout = 43201, max_receive_count = 1001, retention_days = 4 }
    half = { visibility_timeout = 30.5, max_receive_count = 12.5, retention_days = 7.5 }
  }
}

module "queue" {
  source   = "../terraform/modules/queue"
  for_each = var.wrong_queue

  aws                = local.aws
  name               = "refused"
  visibility_timeout = each.value.visibility_timeout
  max_receive_count  = each.value.max_receive_count
  retention_days     = each.value.retention_days
}

variable "wrong_queue_beside" {
  default = {
    high = 15
    half = 12.5
    # A dead letter would be deleted no later than a message that is still being tried.
    even = 4
  }
}

module "queue_beside" {
  source   = "../terraform/modules/queue"
  for_each = var.wrong_queue_beside

  aws                        = local.aws
  name                       = "refused"
  visibility_timeout         = 30
  retention_days             = 4
  dead_letter_retention_days = each.value
}
