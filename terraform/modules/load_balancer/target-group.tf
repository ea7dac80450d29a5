resource "aws_lb_target_group" "this" {
  name        = var.target.name
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.target.port

  # What is in flight when a task leaves gets this long to finish.
  deregistration_delay = var.target.deregistration_delay

  health_check {
    path                = var.target.health_check_path
    matcher             = "200"
    interval            = 15
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}
