locals {
  data = [
    {
      sid        = "ManageQueues"
      actions    = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
      resources  = ["${local.arn["sqs"]}:${local.prefix}"]
      conditions = []
    },
    {
      sid = "ManageTables"
      actions = [
        "dynamodb:CreateTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ]
      resources  = ["${local.arn["dynamodb"]}:table/${local.prefix}"]
      conditions = []
    },
    {
      # The provider reads back what it wrote, up to and including 6.25.
      sid = "ManageSecrets"
      actions = [
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteResourcePolicy",
        "secretsmanager:DeleteSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:PutSecretValue",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
        "secretsmanager:UpdateSecretVersionStage",
      ]
      resources  = ["${local.arn["secretsmanager"]}:secret:${local.prefix}"]
      conditions = []
    },
    {
      sid = "ManageParameters"
      actions = [
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:PutParameter",
        "ssm:RemoveTagsFromResource",
      ]
      resources  = ["${local.arn["ssm"]}:parameter/${local.prefix}"]
      conditions = []
    },
    {
      sid     = "CreateKey"
      actions = ["kms:CreateKey"]
      # A key has its number only once it is there; its tags are the system's.
      resources  = ["*"]
      conditions = local.requested_tags
    },
    {
      sid        = "TagNewKey"
      actions    = ["kms:TagResource"]
      resources  = ["${local.arn["kms"]}:key/*"]
      conditions = concat(local.requested_tags, local.no_tag_yet)
    },
    {
      # A tag takes up to five minutes until it counts; these two calls follow a key's creation at once
      # (https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html). An alias has to be
      # the environment's own (NameKey), and rotation harms no key.
      sid        = "FinishNewKey"
      actions    = ["kms:CreateAlias", "kms:EnableKeyRotation"]
      resources  = ["${local.arn["kms"]}:key/*"]
      conditions = []
    },
    {
      sid = "ManageKey"
      actions = [
        "kms:DeleteAlias",
        "kms:DisableKey",
        "kms:EnableKey",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ]
      resources  = ["${local.arn["kms"]}:key/*"]
      conditions = local.own_tags
    },
    {
      sid        = "NameKey"
      actions    = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
      resources  = ["${local.arn["kms"]}:alias/${local.prefix}"]
      conditions = []
    },
  ]
}
