locals {
  discovery_arns = ["${local.arn["servicediscovery"]}:namespace/*", "${local.arn["servicediscovery"]}:service/*"]

  mesh = [
    {
      sid     = "CreateNamespace"
      actions = ["servicediscovery:CreateHttpNamespace", "servicediscovery:CreatePrivateDnsNamespace"]
      # A namespace has its number only once it is there; its tags are the system's.
      resources  = ["*"]
      conditions = local.requested_tags
    },
    {
      sid        = "CreateDiscoveryServices"
      actions    = ["servicediscovery:CreateService"]
      resources  = local.discovery_arns
      conditions = local.requested_tags
    },
    {
      sid     = "TagDiscovery"
      actions = ["servicediscovery:TagResource"]
      # Has no resource level; the tags it may give are the system's.
      resources  = ["*"]
      conditions = local.requested_tags
    },
    {
      sid = "ManageDiscovery"
      actions = [
        "servicediscovery:CreateService",
        "servicediscovery:DeleteNamespace",
        "servicediscovery:DeleteService",
        "servicediscovery:DeregisterInstance",
        "servicediscovery:ListInstances",
        "servicediscovery:UpdateHttpNamespace",
        "servicediscovery:UpdatePrivateDnsNamespace",
        "servicediscovery:UpdateService",
      ]
      resources  = local.discovery_arns
      conditions = local.own_tags
    },
    {
      # Cloud Map keeps a private zone in Route 53 in the caller's name
      # (https://docs.aws.amazon.com/cloud-map/latest/dg/security_iam_id-based-policy-examples.html).
      sid     = "KeepPrivateZone"
      actions = ["route53:CreateHostedZone", "route53:ListHostedZonesByName"]
      # Neither has a resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      sid        = "RemovePrivateZone"
      actions    = ["route53:ChangeResourceRecordSets", "route53:DeleteHostedZone", "route53:GetHostedZone"]
      resources  = ["arn:${var.aws.partition}:route53:::hostedzone/*"]
      conditions = []
    },
    {
      sid = "ManageMesh"
      actions = [
        "appmesh:CreateMesh",
        "appmesh:CreateRoute",
        "appmesh:CreateVirtualNode",
        "appmesh:CreateVirtualRouter",
        "appmesh:CreateVirtualService",
        "appmesh:DeleteMesh",
        "appmesh:DeleteRoute",
        "appmesh:DeleteVirtualNode",
        "appmesh:DeleteVirtualRouter",
        "appmesh:DeleteVirtualService",
        "appmesh:TagResource",
        "appmesh:UntagResource",
        "appmesh:UpdateMesh",
        "appmesh:UpdateRoute",
        "appmesh:UpdateVirtualNode",
        "appmesh:UpdateVirtualRouter",
        "appmesh:UpdateVirtualService",
      ]
      resources  = ["${local.arn["appmesh"]}:mesh/${local.prefix}"]
      conditions = []
    },
  ]
}
