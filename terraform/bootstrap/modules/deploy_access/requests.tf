# How requests find the service: a name for the load balancer, and a rule that shares them with a canary.
locals {
  requests = concat(
    [
      {
        sid = "ShareRequests"
        actions = [
          "elasticloadbalancing:AddTags",
          "elasticloadbalancing:CreateRule",
          "elasticloadbalancing:DeleteRule",
          "elasticloadbalancing:ModifyRule",
          "elasticloadbalancing:RemoveTags",
          "elasticloadbalancing:SetRulePriorities",
        ]
        resources = [for kind in ["listener/app", "listener-rule/app"] :
        "${local.arn["elasticloadbalancing"]}:${kind}/${local.prefix}"]
        conditions = []
      },
    ],
    [for zone in var.hosted_zone_id[*] : {
      # The alias alone: records of other types in the zone, such as those of its mail, stay as they are.
      sid       = "NameLoadBalancer"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = ["arn:${var.aws.partition}:route53:::hostedzone/${zone}"]
      conditions = [{
        test     = "ForAllValues:StringEquals"
        variable = "route53:ChangeResourceRecordSetsRecordTypes"
        values   = ["A"]
      }]
    }],
  )
}

variable "hosted_zone_id" {
  description = "Route 53 hosted zone that takes the load balancer's name; null without one. Example: \"Z0123456789ABCDEFGHIJ\"."
  type        = string
  default     = null
}
