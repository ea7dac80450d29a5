# How much load is wanted, written by the test that runs and read by Locust's master once a second. What stands
# in it between two runs says nothing.
resource "aws_ssm_parameter" "control" {
  name           = local.control
  type           = "String"
  insecure_value = jsonencode({ ended = true })

  lifecycle {
    ignore_changes = [insecure_value]
  }
}

locals {
  control = "/${var.name}/load-generator/control"
}
