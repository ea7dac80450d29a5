variable "mesh" {
  description = <<-EOT
    How the service takes part in the mesh: by service_connect, by app_mesh, or by neither, when Cloud Map's names are all.
    service_connect.server is null for a service that only calls; timeouts are in seconds. tls encrypts what a server is
    asked. app_mesh.candidate_node_arns are those of its release candidates. app_mesh.egress_ignored_ports stay outside Envoy, beside internet_ports other than 443.
    Example: { service_connect = { namespace_arn = "arn:aws:servicediscovery:...", log_group = "/ecs/mesh", port_name = "http" } }
  EOT
  type = object({
    service_connect = optional(object({
      namespace_arn = string
      log_group     = string
      port_name     = string
      server = optional(object({
        discovery_name      = string
        dns_name            = string
        port                = number
        idle_timeout        = number
        per_request_timeout = number
      }))
      tls = optional(object({
        certificate_authority_arn = string
        kms_key_arn               = string
        role_arn                  = string
      }))
    }))
    app_mesh = optional(object({
      virtual_node_arn     = string
      candidate_node_arns  = optional(list(string), [])
      envoy_image          = string
      envoy_repository_arn = string
      log_group            = string
      egress_ignored_ports = optional(list(number), [])
    }))
  })

  validation {
    condition     = var.mesh.service_connect == null || var.mesh.app_mesh == null
    error_message = "mesh must not be service_connect and app_mesh at once: a task has one proxy."
  }
}
