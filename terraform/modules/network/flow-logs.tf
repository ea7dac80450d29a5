# Who talked to whom, accepted or refused: what an investigation starts with.
resource "aws_flow_log" "vpc" {
  vpc_id               = aws_vpc.this.id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = local.flow_logs_arn
  iam_role_arn         = aws_iam_role.flow_logs.arn

  tags = { Name = var.name }

  # Records that the role may not write yet are lost.
  depends_on = [aws_iam_role_policy.flow_logs]
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = "/vpc/${var.name}/flow-logs"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

locals {
  # From the name, so that a plan knows it; the reference keeps the order of creation.
  flow_logs_arn = local.sovereign ? aws_cloudwatch_log_group.flow_logs.arn : "${local.arn}:logs:${local.own}:log-group:${aws_cloudwatch_log_group.flow_logs.name}"

  # Before 6.16 the provider takes no ARN that it knows of the European Sovereign Cloud
  # (https://github.com/hashicorp/terraform-provider-aws/pull/44573).
  sovereign = var.aws.partition == "aws-eusc"
}
