# Both stand all the time, whether the canary has tasks or not: a release changes weights alone.
resource "aws_lb_target_group" "this" {
  for_each = {
    stable = "${var.name}-api"
    canary = "${var.name}-canary"
  }

  name        = each.value
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.target.port

  # What is in flight when a task leaves gets this many seconds to finish. Requests take less than one:
  # the default of 300 would only make deployments slow.
  deregistration_delay = 15

  health_check {
    path                = var.target.health_check_path
    matcher             = "200"
    interval            = 15
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}
