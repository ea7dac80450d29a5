locals {
  network_arns = [for kind in [
    "elastic-ip",
    "internet-gateway",
    "natgateway",
    "route-table",
    "security-group",
    "security-group-rule",
    "subnet",
    "vpc",
    "vpc-endpoint",
    "vpc-flow-log",
  ] : "${local.arn["ec2"]}:${kind}/*"]

  network_creations = [
    "AllocateAddress",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateFlowLogs",
    "CreateInternetGateway",
    "CreateNatGateway",
    "CreateRouteTable",
    "CreateSecurityGroup",
    "CreateSubnet",
    "CreateVpc",
    "CreateVpcEndpoint",
  ]

  network = [
    {
      # What is made bears the system's tags ...
      sid        = "CreateTagged"
      actions    = [for creation in local.network_creations : "ec2:${creation}"]
      resources  = local.network_arns
      conditions = local.requested_tags
    },
    {
      # ... and so does what it is made in: a subnet's VPC, a gateway's address.
      sid = "ChangeOwnNetwork"
      actions = [
        "ec2:AssociateRouteTable",
        "ec2:AttachInternetGateway",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateFlowLogs",
        "ec2:CreateNatGateway",
        "ec2:CreateRoute",
        "ec2:CreateRouteTable",
        "ec2:CreateSecurityGroup",
        "ec2:CreateSubnet",
        "ec2:CreateVpcEndpoint",
        "ec2:DeleteFlowLogs",
        "ec2:DeleteInternetGateway",
        "ec2:DeleteNatGateway",
        "ec2:DeleteRoute",
        "ec2:DeleteRouteTable",
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteSubnet",
        "ec2:DeleteVpc",
        "ec2:DeleteVpcEndpoints",
        "ec2:DetachInternetGateway",
        "ec2:DisassociateAddress",
        "ec2:DisassociateRouteTable",
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifySubnetAttribute",
        "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReleaseAddress",
        "ec2:ReplaceRoute",
        "ec2:ReplaceRouteTableAssociation",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
      ]
      resources  = local.network_arns
      conditions = local.own_tags
    },
    {
      # An address is taken from a NAT gateway's interface, which AWS made and nobody tagged; whose
      # address it is, the statement above decides.
      sid        = "TakeAddressFromInterface"
      actions    = ["ec2:DisassociateAddress"]
      resources  = ["${local.arn["ec2"]}:network-interface/*"]
      conditions = []
    },
    {
      sid        = "TagNewNetwork"
      actions    = ["ec2:CreateTags"]
      resources  = local.network_arns
      conditions = [{ test = "StringEquals", variable = "ec2:CreateAction", values = local.network_creations }]
    },
    {
      sid        = "TagOwnNetwork"
      actions    = ["ec2:CreateTags", "ec2:DeleteTags"]
      resources  = local.network_arns
      conditions = local.own_tags
    },
    {
      # A VPC's default security group comes without tags, to be closed: it is tagged first.
      sid        = "AdoptDefaultSecurityGroup"
      actions    = ["ec2:CreateTags"]
      resources  = ["${local.arn["ec2"]}:security-group/*"]
      conditions = concat(local.requested_tags, local.no_tag_yet)
    },
    {
      # An interface endpoint answers by its service's name in a zone that AWS keeps.
      sid        = "NameEndpoints"
      actions    = ["route53:AssociateVPCWithHostedZone"]
      resources  = ["arn:${var.aws.partition}:route53:::hostedzone/*"]
      conditions = []
    },
  ]
}
