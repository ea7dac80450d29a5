locals {
  network = [
    {
      sid = "ReadNetwork"
      actions = [
        "ec2:DescribeAccountAttributes",
        "ec2:DescribeAddresses",
        "ec2:DescribeAddressesAttribute",
        "ec2:DescribeFlowLogs",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribePrefixLists",
        "ec2:DescribeRegions",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
      ]
      # EC2's descriptions have no resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      sid        = "ReadVpcSettings"
      actions    = ["ec2:DescribeVpcAttribute", "ec2:GetSecurityGroupsForVpc"]
      resources  = ["arn:${var.aws.partition}:ec2:${var.aws.region}:${var.aws.account_id}:vpc/*"]
      conditions = []
    },
  ]
}
