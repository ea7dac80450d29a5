module "queue" {
  source = "./modules/queue"

  aws                        = local.aws
  name                       = "${local.name}-mail"
  visibility_timeout         = local.visibility_timeout
  retention_days             = local.mail_retention_days
  dead_letter_retention_days = local.dead_letter_retention_days
}

locals {
  # A message may be delivered again once this many seconds have passed since its receiver last said that
  # it has it in hand, which the Email Sender says while a mail takes longer
  # (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html).
  # So it is how long the mails of a killed task wait, and not how long a mail may take.
  visibility_timeout = 30

  # Days that a mail waits at most, and that a dead letter is kept. What is still on a queue by then SQS
  # deletes and tells nobody, so a pause or an outage may last over a week and a weekend; the rest of SQS's
  # fourteen is what is left to see to what SQS itself puts aside, for that keeps its age. A dead letter that
  # is sent again may wait once more, so what is known of it has to outlast both.
  mail_retention_days        = 10
  dead_letter_retention_days = 14
}
