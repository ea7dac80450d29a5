# The sidecar that App Mesh needs; an empty list in the other modes.
locals {
  envoy = [for mesh in var.mesh.app_mesh[*] : {
    name      = "envoy"
    image     = mesh.envoy_image
    essential = true

    # The user whose connections the proxy configuration leaves alone. The root file system stays
    # writable because Envoy's agent writes its configuration there.
    user = local.envoy_user

    # What it needs at least (https://docs.aws.amazon.com/app-mesh/latest/userguide/envoy.html).
    memoryReservation = 64

    environment = [{ name = "APPMESH_RESOURCE_ARN", value = mesh.virtual_node_arn }]

    # ECS stops it after the application, which depends on it.
    stopTimeout = var.stop_timeout

    healthCheck = {
      command     = ["CMD-SHELL", "curl -s http://localhost:9901/server_info | grep state | grep -q LIVE"]
      interval    = 5
      timeout     = 2
      retries     = 3
      startPeriod = 10
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = mesh.log_group
        awslogs-region        = var.aws.region
        awslogs-stream-prefix = "proxy"
      }
    }
  }]

  envoy_user = "1337"

  # Without Envoy, the application would start with a network that leads nowhere.
  after_envoy = var.mesh.app_mesh == null ? {} : {
    dependsOn = [{ containerName = "envoy", condition = "HEALTHY" }]
  }
}
