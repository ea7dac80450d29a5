# Shares requests between the stable service and the canary. It names the canary's service, and so comes
# after its tasks run, and goes before they do: a canary that is removed gets no request any more by then.
resource "aws_lb_listener_rule" "canary" {
  count = var.canary == null ? 0 : 1

  listener_arn = aws_lb_listener.this.arn
  priority     = 100

  condition {
    path_pattern {
      values = ["*"]
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.this["stable"].arn
        weight = 100 - var.canary.weight
      }

      target_group {
        arn    = aws_lb_target_group.this["canary"].arn
        weight = var.canary.weight
      }
    }
  }

  tags = { Name = var.canary.service_name }
}
