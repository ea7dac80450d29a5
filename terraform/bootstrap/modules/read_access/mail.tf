locals {
  ses = "arn:${var.aws.partition}:ses:${var.aws.region}:${var.aws.account_id}"

  mail = [
    {
      sid = "ReadMailSettings"
      actions = [
        "ses:GetConfigurationSet",
        "ses:GetConfigurationSetEventDestinations",
        "ses:GetEmailIdentity",
        "ses:ListTagsForResource",
      ]
      # An identity is called like the domain that the team sends from.
      resources  = ["${local.ses}:configuration-set/${local.prefix}", "${local.ses}:identity/*"]
      conditions = []
    },
  ]
}
