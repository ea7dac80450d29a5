output "url" {
  description = "Where the listener answers."
  value       = "${local.https ? "https" : "http"}://${aws_lb.this.dns_name}"
}

output "attachment" {
  description = "What a service needs to stand behind this load balancer."
  value = {
    target_group_arn  = aws_lb_target_group.this.arn
    security_group_id = aws_security_group.this.id
  }

  # ECS refuses a target group that no listener forwards to.
  depends_on = [aws_lb_listener.this]
}
