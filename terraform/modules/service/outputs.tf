output "name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.this.name
}

output "log_group" {
  description = "Log group of the application's containers."
  value       = local.application_logs
}

output "security_group_id" {
  description = "Security group of the tasks, for the services that this one calls."
  value       = local.security_group_id
}

output "shared" {
  description = "What a release candidate of this service has in common with it: its input candidate_of."
  value = {
    name               = var.name
    execution_role_arn = local.execution_role_arn
    task_role_arn      = local.task_role_arn
    security_group_id  = local.security_group_id
    log_group          = local.application_logs
  }

  # A candidate's tasks start with the permissions and the ways in and out, too.
  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.callers,
    aws_vpc_security_group_egress_rule.endpoints,
    aws_vpc_security_group_egress_rule.internet,
    aws_vpc_security_group_egress_rule.load_balancer,
    aws_vpc_security_group_egress_rule.prefix_lists,
    aws_vpc_security_group_ingress_rule.callers,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}
