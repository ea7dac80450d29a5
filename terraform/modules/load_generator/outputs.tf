output "run" {
  description = "How a test runs the load: task definitions of master and worker, workers, container, subnets, security group, log group with the prefix of its streams, the parameter that says how much load is wanted, the secret of the key."
  value = {
    task_definitions  = { for role, definition in aws_ecs_task_definition.this : role => definition.arn }
    workers           = var.workers
    container         = local.container
    subnet_ids        = var.network.private_subnet_ids
    security_group_id = aws_security_group.this.id
    log_group         = aws_cloudwatch_log_group.this.name
    stream_prefix     = local.stream_prefix
    control_parameter = aws_ssm_parameter.control.name
    key_secret        = aws_secretsmanager_secret.key.name
  }

  # What runs can do all it has to.
  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.endpoints,
    aws_vpc_security_group_egress_rule.internet,
    aws_vpc_security_group_egress_rule.master,
    aws_vpc_security_group_egress_rule.prefix_lists,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_vpc_security_group_ingress_rule.load_balancer,
    aws_vpc_security_group_ingress_rule.master,
  ]
}
