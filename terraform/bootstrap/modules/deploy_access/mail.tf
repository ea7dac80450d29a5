locals {
  ses = "arn:${var.aws.partition}:ses:${var.aws.region}:${var.aws.account_id}"

  mail = [
    {
      sid = "ManageConfigurationSets"
      actions = [
        "ses:CreateConfigurationSet",
        "ses:CreateConfigurationSetEventDestination",
        "ses:DeleteConfigurationSet",
        "ses:DeleteConfigurationSetEventDestination",
        "ses:PutConfigurationSetArchivingOptions",
        "ses:PutConfigurationSetDeliveryOptions",
        "ses:PutConfigurationSetReputationOptions",
        "ses:PutConfigurationSetSendingOptions",
        "ses:PutConfigurationSetSuppressionOptions",
        "ses:PutConfigurationSetTrackingOptions",
        "ses:PutConfigurationSetVdmOptions",
        "ses:PutEmailIdentityConfigurationSetAttributes",
        "ses:TagResource",
        "ses:UntagResource",
        "ses:UpdateConfigurationSetEventDestination",
      ]
      resources  = ["${local.ses}:configuration-set/${local.prefix}"]
      conditions = []
    },
    {
      sid        = "CreateIdentity"
      actions    = ["ses:CreateEmailIdentity", "ses:TagResource"]
      resources  = ["${local.ses}:identity/*"]
      conditions = local.requested_tags
    },
    {
      # Seconds after it was made: nothing here may hang on its tags being seen already. Whose domain it is,
      # is the team's own to choose.
      sid = "SetUpIdentity"
      actions = [
        "ses:PutEmailIdentityConfigurationSetAttributes",
        "ses:PutEmailIdentityDkimSigningAttributes",
        "ses:PutEmailIdentityMailFromAttributes",
      ]
      resources  = ["${local.ses}:identity/*"]
      conditions = []
    },
    {
      sid        = "ManageIdentity"
      actions    = ["ses:DeleteEmailIdentity", "ses:TagResource", "ses:UntagResource"]
      resources  = ["${local.ses}:identity/*"]
      conditions = local.own_tags
    },
  ]
}
