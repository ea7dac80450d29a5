locals {
  monitoring = [
    {
      sid = "ManageLogs"
      actions = [
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ]
      # Groups are named after a path: "/ecs/notifications-staging/email-sender".
      resources  = ["${local.arn["logs"]}:log-group:*${local.prefix}"]
      conditions = []
    },
    {
      # Application Auto Scaling names the alarms of its policies after the cluster.
      sid = "ManageAlarms"
      actions = [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ]
      resources = [
        "${local.arn["cloudwatch"]}:alarm:${local.prefix}",
        "${local.arn["cloudwatch"]}:alarm:TargetTracking-service/${local.prefix}",
      ]
      conditions = []
    },
    {
      sid     = "ManageCompositeAlarms"
      actions = ["cloudwatch:PutCompositeAlarm"]
      # Refused in a narrower scope
      # (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html).
      resources  = ["*"]
      conditions = []
    },
    {
      sid        = "ManageDashboards"
      actions    = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"]
      resources  = ["arn:${var.aws.partition}:cloudwatch::${var.aws.account_id}:dashboard/${local.prefix}"]
      conditions = []
    },
    {
      sid = "ManageTopics"
      actions = [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        # The provider looks for a new subscription among its topic's.
        "sns:ListSubscriptionsByTopic",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:UntagResource",
      ]
      resources  = ["${local.arn["sns"]}:${local.prefix}"]
      conditions = []
    },
    {
      sid     = "ManageSubscriptions"
      actions = ["sns:SetSubscriptionAttributes", "sns:Unsubscribe"]
      # Subscriptions have no resource level.
      resources  = ["*"]
      conditions = []
    },
  ]
}
