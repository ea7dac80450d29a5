# How requests find the service: the load balancer's name, and the rule that shares them with a canary.
locals {
  requests = [
    {
      sid     = "ReadRules"
      actions = ["elasticloadbalancing:DescribeRules"]
      # Has no resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      # Names are public, and a zone is numbered.
      sid        = "ReadNames"
      actions    = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
      resources  = ["arn:${var.aws.partition}:route53:::hostedzone/*"]
      conditions = []
    },
    {
      sid        = "FollowChangesOfNames"
      actions    = ["route53:GetChange"]
      resources  = ["arn:${var.aws.partition}:route53:::change/*"]
      conditions = []
    },
  ]
}
