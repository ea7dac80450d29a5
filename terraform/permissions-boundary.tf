# A deploy role makes no role without the boundary that terraform/bootstrap made, so the system has it
# unless it is told of another one or of none. Named here as terraform/bootstrap names it; a test holds the
# two together.
locals {
  bootstrap_boundary_arn   = "arn:${local.aws.partition}:iam::${var.aws_account_id}:policy/${var.name}-bootstrap/${var.name}-workload-boundary"
  permissions_boundary_arn = var.permissions_boundary_arn == "none" ? null : coalesce(var.permissions_boundary_arn, local.bootstrap_boundary_arn)
}
