data "aws_partition" "current" {}

locals {
  name       = "${var.name}-${var.environment}"
  production = var.environment == "production"

  # What data.aws_partition says, for validations, which come before any provider
  # (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json).
  partition_of_region = lookup({
    cn      = "aws-cn"
    eu-isoe = "aws-iso-e"
    eusc-de = "aws-eusc"
    us-gov  = "aws-us-gov"
    us-iso  = "aws-iso"
    us-isob = "aws-iso-b"
    us-isof = "aws-iso-f"
  }, try(regex("^(.+)-[a-z]+-[0-9]+$", var.aws_region)[0], ""), "aws")

  # Names and ARNs are put together from these, so that a plan shows every policy and container
  # definition in full before anything exists.
  aws = {
    partition  = data.aws_partition.current.partition
    dns_suffix = data.aws_partition.current.dns_suffix
    region     = var.aws_region
    account_id = var.aws_account_id
  }
}
