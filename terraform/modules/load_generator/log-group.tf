# Every request as its sender saw it, a line each.
resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

locals {
  log_group = "/ecs/${var.name}/load-generator"
}
