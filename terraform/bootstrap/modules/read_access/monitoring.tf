locals {
  monitoring = [
    {
      sid     = "ListLogGroups"
      actions = ["logs:DescribeLogGroups"]
      # Lists have no resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      sid     = "ReadLogSettings"
      actions = ["logs:ListTagsForResource"]
      # Groups are named after a path: "/ecs/notifications-staging/email-sender".
      resources  = ["${local.arn["logs"]}:log-group:*${local.prefix}"]
      conditions = []
    },
    {
      sid     = "ReadAlarms"
      actions = ["cloudwatch:DescribeAlarms"]
      # In a narrower scope it leaves composite alarms out
      # (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
      resources  = ["*"]
      conditions = []
    },
    {
      # Scaling policies keep alarms of their own; nothing but names comes before an alarm's.
      sid        = "ReadAlarmTags"
      actions    = ["cloudwatch:ListTagsForResource"]
      resources  = ["${local.arn["cloudwatch"]}:alarm:*"]
      conditions = []
    },
    {
      sid        = "ReadDashboards"
      actions    = ["cloudwatch:GetDashboard"]
      resources  = ["arn:${var.aws.partition}:cloudwatch::${var.aws.account_id}:dashboard/${local.prefix}"]
      conditions = []
    },
    {
      sid        = "ReadTopics"
      actions    = ["sns:GetTopicAttributes", "sns:ListTagsForResource"]
      resources  = ["${local.arn["sns"]}:${local.prefix}"]
      conditions = []
    },
    {
      sid     = "ReadSubscriptions"
      actions = ["sns:GetSubscriptionAttributes"]
      # Has no resource level.
      resources  = ["*"]
      conditions = []
    },
  ]
}
