locals {
  data = [
    {
      sid        = "ReadQueueSettings"
      actions    = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
      resources  = ["${local.arn["sqs"]}:${local.prefix}"]
      conditions = []
    },
    {
      sid = "ReadTableSettings"
      actions = [
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
      ]
      resources  = ["${local.arn["dynamodb"]}:table/${local.prefix}"]
      conditions = []
    },
    {
      # About secrets, never what is in them.
      sid = "ReadSecretSettings"
      actions = [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:ListSecretVersionIds",
      ]
      resources  = ["${local.arn["secretsmanager"]}:secret:${local.prefix}"]
      conditions = []
    },
    {
      # Plain settings: what is secret lies in Secrets Manager.
      sid        = "ReadParameters"
      actions    = ["ssm:GetParameter", "ssm:GetParameters", "ssm:ListTagsForResource"]
      resources  = ["${local.arn["ssm"]}:parameter/${local.prefix}"]
      conditions = []
    },
    {
      sid     = "ListParametersAndAliases"
      actions = ["kms:ListAliases", "ssm:DescribeParameters"]
      # Lists have no resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      sid        = "ReadKeySettings"
      actions    = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
      resources  = ["${local.arn["kms"]}:key/*"]
      conditions = []
    },
  ]
}
