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

  # A message may be delivered again once this many seconds have passed: six times what one
  # attempt takes (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html gives
  # the factor for the same race).
  visibility_timeout = ceil(6 * var.email_sender.send_timeout)

  # Days that a mail waits at most, and that a dead letter is kept. A dead letter that is sent again
  # may wait once more, so what is known of it has to outlast both.
  mail_retention_days        = 4
  dead_letter_retention_days = 14

  notification_api_port = 8080
  email_sender_port     = 8081

  # The service gives up what it has in hand before ECS sends SIGKILL.
  stop_timeout     = 30
  shutdown_timeout = 25

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
