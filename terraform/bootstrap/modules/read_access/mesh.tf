locals {
  mesh = [
    {
      sid        = "ReadDiscovery"
      actions    = ["servicediscovery:GetNamespace", "servicediscovery:GetService"]
      resources  = ["${local.arn["servicediscovery"]}:namespace/*", "${local.arn["servicediscovery"]}:service/*"]
      conditions = []
    },
    {
      sid     = "ReadDiscoveryOperations"
      actions = ["servicediscovery:GetOperation"]
      # Authorized on an ARN that is of no namespace and no service.
      resources  = ["${local.arn["servicediscovery"]}:*/*"]
      conditions = []
    },
    {
      sid     = "ReadDiscoveryTags"
      actions = ["servicediscovery:ListTagsForResource"]
      # Has no resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      sid = "ReadMesh"
      actions = [
        "appmesh:DescribeMesh",
        "appmesh:DescribeRoute",
        "appmesh:DescribeVirtualNode",
        "appmesh:DescribeVirtualRouter",
        "appmesh:DescribeVirtualService",
        "appmesh:ListTagsForResource",
      ]
      resources  = ["${local.arn["appmesh"]}:mesh/${local.prefix}"]
      conditions = []
    },
  ]
}
