# What an endpoint's service is called: com.amazonaws in front of the region, and outside of AWS's commercial
# partition and GovCloud for some services the partition's own DNS suffix backwards, such as cn.com.amazonaws
# (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html; each region's
# names are what `aws ec2 describe-vpc-endpoint-services` answers there, which no page lists for all: they
# are kept in https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/vpc-endpoint.ts).
locals {
  endpoint_prefixes = {
    for service in var.interface_endpoints : service => (
      contains(local.services_with_own_prefix, service) ? local.own_prefix : "com.amazonaws"
    )
  }

  # com.amazonaws again in the commercial partition and in GovCloud.
  own_prefix = join(".", reverse(split(".", var.aws.dns_suffix)))

  services_with_own_prefix = concat(
    ["ecr.api", "ecr.dkr"],
    contains(["aws-cn", "aws-iso", "aws-iso-b"], var.aws.partition) ? ["sqs"] : [],
    var.aws.partition == "aws-cn" ? ["appmesh-envoy-management"] : [],
  )
}
