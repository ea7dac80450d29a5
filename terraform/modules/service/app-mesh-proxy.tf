# What of the task's traffic goes through Envoy
# (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProxyConfiguration.html).
locals {
  app_mesh_proxy = [for mesh in var.mesh.app_mesh[*] : merge(
    {
      IgnoredUID       = local.envoy_user
      AppPorts         = tostring(var.port)
      ProxyIngressPort = "15000"
      ProxyEgressPort  = "15001"

      # Credentials of the task role, and metadata of the task.
      EgressIgnoredIPs = "169.254.170.2,169.254.169.254"
    },
    length(local.egress_ignored_ports) == 0 ? {} : {
      EgressIgnoredPorts = join(",", local.egress_ignored_ports)
    },
  )]

  # Envoy waits for the client to speak first; a mail server greets its client.
  egress_ignored_ports = setunion(
    setsubtract(var.internet_ports, [443]),
    flatten(var.mesh.app_mesh[*].egress_ignored_ports),
  )
}
