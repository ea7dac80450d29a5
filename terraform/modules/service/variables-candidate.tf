variable "candidate_of" {
  description = <<-EOT
    Service that this one is a release candidate of, as its output "shared" says; null for a service of its own. A
    candidate has its roles, its security group and its log group, and counts for it in logs and metrics.
    Example: { name = "notification-api", execution_role_arn = "arn:aws:iam::...", task_role_arn = "arn:aws:iam::...", security_group_id = "sg-0a1b2c3d", log_group = "/ecs/notifications-staging/notification-api" }
  EOT
  type = object({
    name               = string
    execution_role_arn = string
    task_role_arn      = string
    security_group_id  = string
    log_group          = string
  })
  default = null
}

# ECS calls a service INACTIVE, and Terraform goes on, as soon as its tasks are STOPPING: what they still need to
# finish their work may not go with the service
# (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html).
locals {
  is_candidate = var.candidate_of != null

  counts_for         = local.is_candidate ? var.candidate_of.name : var.name
  execution_role_arn = local.is_candidate ? var.candidate_of.execution_role_arn : aws_iam_role.execution[0].arn
  task_role_arn      = local.is_candidate ? var.candidate_of.task_role_arn : aws_iam_role.task[0].arn
  security_group_id  = local.is_candidate ? var.candidate_of.security_group_id : aws_security_group.this[0].id
  application_logs   = local.is_candidate ? var.candidate_of.log_group : aws_cloudwatch_log_group.this[0].name
}
