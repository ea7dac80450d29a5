resource "aws_cloudwatch_log_group" "this" {
  count = local.is_candidate ? 0 : 1

  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

locals {
  log_group = "/ecs/${var.name_prefix}/${var.name}"
}
