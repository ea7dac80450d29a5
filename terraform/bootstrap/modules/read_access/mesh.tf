locals {
  mesh = [
    {
      sid        = "ReadDiscovery"
      actions    = ["servicediscovery:GetNamespace", "servicediscovery:GetService"]
      resources  = ["${local.arn["servicediscovery"]}:namespace/*", "${local.arn["servicediscovery"]}:service/*"]
      conditions = local.tagged
    },
    {
      sid     = "ReadDiscoveryOperations"
      actions = ["servicediscovery:GetOperation"]
      # An operation bears no tag.
      resources  = ["${local.arn["servicediscovery"]}:namespace/*", "${local.arn["servicediscovery"]}:service/*"]
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
