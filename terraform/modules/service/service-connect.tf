locals {
  # Service Connect finds a port by its name, and its timeouts need to know that it speaks HTTP
  # (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html).
  service_connect_port = var.mesh.service_connect == null ? {} : {
    name        = var.mesh.service_connect.port_name
    appProtocol = "http"
  }

  # A service that only calls has no server.
  service_connect_servers = flatten(var.mesh.service_connect[*].server[*])
}
