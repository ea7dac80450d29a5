# What the proxies say: Service Connect's agents, or the Envoys of App Mesh.
resource "aws_cloudwatch_log_group" "proxies" {
  count = var.mode == "none" ? 0 : 1

  name              = "/ecs/${var.name}/mesh"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn

  # Like everything here: a service leaves its mesh before the mesh is taken down.
  lifecycle {
    create_before_destroy = true
  }
}
