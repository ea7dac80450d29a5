data "aws_partition" "current" {}

locals {
  name       = "${var.name}-${var.environment}"
  production = var.environment == "production"

  # What data.aws_partition says, for validations, which come before any provider
  # (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json).
  partition_of_region = lookup({
    cn      = "aws-cn"
    eu-isoe = "aws-iso-e"
    eusc-de = "aws-eusc"
    us-gov  = "aws-us-gov"
    us-iso  = "aws-iso"
    us-isob = "aws-iso-b"
    us-isof = "aws-iso-f"
  }, try(regex("^(.+)-[a-z]+-[0-9]+$", var.aws_region)[0], ""), "aws")

  # Names and ARNs are put together from these, so that a plan shows every policy and container
  # definition in full before anything exists.
  aws = {
    partition  = data.aws_partition.current.partition
    dns_suffix = data.aws_partition.current.dns_suffix
    region     = var.aws_region
    account_id = var.aws_account_id
  }

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

  notification_api_port = 8080
  email_sender_port     = 8081

  # Seconds between SIGTERM and SIGKILL, for requests in flight.
  stop_timeout = 30

  # The Email Sender has a whole mail more to finish. It gives up what it has in hand before SIGKILL; one that
  # has nothing in hand ends at once. A mail of 100 seconds comes to 120, which is Fargate's limit
  # (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, stopTimeout).
  email_sender_shutdown_timeout = ceil(var.email_sender.send_timeout) + 10
  email_sender_stop_timeout     = local.email_sender_shutdown_timeout + 10

  smtp       = var.mail.provider == "smtp"
  smtp_login = local.smtp && var.mail.smtp_login

  # "submissions", and what SES has beside it (RFC 8314, 7.3;
  # https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html).
  smtp_implicit_tls = coalesce(var.mail.smtp_implicit_tls, contains([465, 2465], var.mail.smtp_port))

  # SES keeps domains in lower case, and IAM compares addresses letter by letter; what stands before the "@"
  # belongs to whoever has the domain (RFC 5321, 2.4).
  mail_domain = lower(split("@", var.mail.from)[1])
  mail_from   = "${split("@", var.mail.from)[0]}@${local.mail_domain}"

  # What the Email Sender and the alarms are told of SES; null with a relay, which tells nothing.
  mail = one(module.mail)

  canary_weight = var.canary == null ? 0 : var.canary.weight
}
