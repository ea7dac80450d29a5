# What the Email Sender may do, the stable service and the canary alike: take mails, write down what became of them,
# send them.
locals {
  email_sender_permissions = merge(
    {
      ReceiveFromQueues = {
        actions = [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
        ]
        resources = concat([module.queue.arn, module.queue.priority_arn], local.mail[*].queue.arn)
      }
      # What can never be sent, or read, goes there at once, with the reason.
      SendDeadLetters = {
        actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        resources = concat([module.queue.dead_letter_queue_arn], local.mail[*].dead_letter_queue.arn)
      }
      # A transaction needs what its parts need, and no right of its own
      # (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
      KeepLedger = {
        actions = [
          "dynamodb:BatchGetItem",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
        ]
        resources = [module.ledger.arn]
      }
    },
    local.smtp ? {} : {
      # SES authorizes whichever identity it finds for the sender, which is the address itself where that is
      # verified beside its domain, and in the sandbox the recipients' identities as well. So it is every
      # identity of the account, and one sender's address
      # (https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html).
      SendMail = {
        actions    = ["ses:SendEmail"]
        resources  = ["arn:${local.aws.partition}:ses:${var.aws_region}:${var.aws_account_id}:identity/*"]
        conditions = { "ses:FromAddress" = [local.mail_from] }
      }
    },
    # Whether SES would take a mail, before it is given one: an account as a whole, which has no ARN
    # (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html).
    local.smtp ? {} : {
      AskWhetherSesSends = {
        actions   = ["ses:GetAccount"]
        resources = ["*"]
      }
    },
    # Authorized by itself; without an identity it sends nothing.
    local.smtp ? {} : {
      UseConfigurationSet = {
        actions   = ["ses:SendEmail"]
        resources = [local.mail.configuration_set.arn]
      }
    },
    # Read by the task itself, so that a rotated password needs no new task.
    local.smtp_login ? {
      ReadSmtpCredentials = {
        actions   = ["secretsmanager:GetSecretValue"]
        resources = [module.secrets.smtp_secret.arn_pattern]
      }
    } : {},
  )
}
