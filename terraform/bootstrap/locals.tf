data "aws_partition" "current" {}

locals {
  # ARNs are put together from these, so that a plan shows every policy in full before anything exists.
  aws = {
    partition  = data.aws_partition.current.partition
    region     = var.aws_region
    account_id = var.aws_account_id
  }

  # A path of their own keeps roles and policies of this root apart from those that the system makes.
  path     = "/${var.name}-bootstrap/"
  iam      = "arn:${local.aws.partition}:iam::${local.aws.account_id}"
  policies = "${local.iam}:policy${local.path}"
  roles    = "${local.iam}:role${local.path}"

  state_bucket     = "${var.name}-state-${var.aws_account_id}"
  state_bucket_arn = "arn:${local.aws.partition}:s3:::${local.state_bucket}"

  # As in terraform/environments/*.tfbackend.
  state_keys = { for environment in var.environments : environment => "${environment}/terraform.tfstate" }
}
