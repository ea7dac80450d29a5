locals {
  # https://docs.aws.amazon.com/app-mesh/latest/userguide/envoy.html
  envoy_account_id = lookup({
    af-south-1     = "924023996002"
    ap-east-1      = "856666278305"
    ap-southeast-3 = "909464085924"
    cn-north-1     = "919366029133"
    cn-northwest-1 = "919830735681"
    eu-south-1     = "422531588944"
    il-central-1   = "564877687649"
    me-south-1     = "772975370895"
  }, var.aws.region, "840364872350")

  envoy_image          = "${local.envoy_account_id}.dkr.ecr.${var.aws.region}.${var.aws.dns_suffix}/aws-appmesh-envoy:${var.envoy_version}"
  envoy_repository_arn = "arn:${var.aws.partition}:ecr:${var.aws.region}:${local.envoy_account_id}:repository/aws-appmesh-envoy"
}
