output "members" {
  description = <<-EOT
    What the module "service" has to know to put a service into the mesh, by service: `service_connect` is null
    in every other mode, and so is `app_mesh`. `server` and `tls` are null for a service that only calls.
  EOT
  value = {
    for name, service in local.members : name => {
      service_connect = local.service_connect ? {
        namespace_arn = aws_service_discovery_http_namespace.service_connect[0].arn
        log_group     = aws_cloudwatch_log_group.proxies[0].name
        port_name     = "http"

        # The alias is the tasks' DNS name. A task knows the endpoints that were there when it
        # started: one that is older than this service's finds it by DNS, without a proxy
        # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html).
        server = contains(local.called, name) ? {
          discovery_name      = name
          dns_name            = "${name}.${var.namespace}"
          port                = service.port
          idle_timeout        = var.timeouts.idle
          per_request_timeout = var.timeouts.per_request
        } : null

        tls = local.tls && contains(local.called, name) ? {
          certificate_authority_arn = var.certificate_authority_arn
          kms_key_arn               = var.kms_key_arn
          role_arn                  = "arn:${var.aws.partition}:iam::${var.aws.account_id}:role/${aws_iam_role.tls[0].name}"
        } : null
      } : null

      app_mesh = local.app_mesh ? {
        virtual_node_arn = "arn:${var.aws.partition}:appmesh:${var.aws.region}:${var.aws.account_id}:mesh/${var.name}/virtualNode/${aws_appmesh_virtual_node.this[name].name}"
        candidate_node_arns = [
          for canary in keys(var.canaries) :
          "arn:${var.aws.partition}:appmesh:${var.aws.region}:${var.aws.account_id}:mesh/${var.name}/virtualNode/${aws_appmesh_virtual_node.this["${canary}-canary"].name}"
          if canary == name
        ]
        envoy_image          = local.envoy_image
        envoy_repository_arn = local.envoy_repository_arn
        log_group            = aws_cloudwatch_log_group.proxies[0].name
        egress_ignored_ports = []
      } : null
    }
  }

  # A task that starts before these finds no way to whom it calls, or no certificate.
  depends_on = [
    aws_appmesh_route.this,
    aws_appmesh_virtual_service.this,
    aws_iam_role_policy.tls,
    aws_iam_role_policy.tls_key,
  ]
}
