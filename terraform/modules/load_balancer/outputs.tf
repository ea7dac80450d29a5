output "url" {
  description = "Where the listener answers, once domain_name leads to the load balancer."
  value       = "${local.https ? "https" : "http"}://${var.domain_name == null ? aws_lb.this.dns_name : var.domain_name}"

  # Only what is there answers.
  depends_on = [aws_lb_listener.this, aws_route53_record.alias]
}

output "dns_name" {
  description = "The load balancer's own name, for a record of domain_name that somebody else keeps."
  value       = aws_lb.this.dns_name
}

output "for_callers" {
  description = "What a caller within the account needs: the listener's port, and the security group that lets it in."
  value = {
    port              = local.https ? 443 : 80
    security_group_id = aws_security_group.this.id
  }
}

output "stable" {
  description = "What the stable service needs to stand behind this load balancer: target group, security group."
  value = {
    target_group_arn  = aws_lb_target_group.this["stable"].arn
    security_group_id = aws_security_group.this.id
  }

  # ECS refuses a target group that no listener forwards to.
  depends_on = [aws_lb_listener.this]
}

output "canary" {
  description = "What the canary needs to stand behind this load balancer: target group, security group."
  value = {
    target_group_arn  = aws_lb_target_group.this["canary"].arn
    security_group_id = aws_security_group.this.id
  }

  # ECS refuses a target group that no listener forwards to.
  depends_on = [aws_lb_listener.this]
}

output "metric_dimensions" {
  description = "What CloudWatch calls the load balancer and its target groups in the dimensions of metrics."
  value = {
    load_balancer = aws_lb.this.arn_suffix
    stable        = aws_lb_target_group.this["stable"].arn_suffix
    canary        = aws_lb_target_group.this["canary"].arn_suffix
  }
}
