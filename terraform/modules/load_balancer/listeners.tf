locals {
  https = var.listener_mode == "https"
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = local.https ? 443 : 80
  protocol          = local.https ? "HTTPS" : "HTTP"
  certificate_arn   = var.certificate_arn

  # TLS 1.3 and 1.2
  # (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
  ssl_policy = local.https ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

  # The canary's target group is named here because ECS takes none that no listener knows; its share of
  # the requests is the rule's matter.
  default_action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.this["stable"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.this["canary"].arn
        weight = 0
      }
    }
  }
}

resource "aws_lb_listener" "redirect" {
  count = local.https ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}
