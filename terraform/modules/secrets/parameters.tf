# Readable in a plan and in the console, which is what they are for: nothing here is secret.
resource "aws_ssm_parameter" "this" {
  for_each = local.parameters

  name           = "/${var.name}/${each.key}"
  type           = "String"
  insecure_value = each.value
}

locals {
  parameters = merge([
    for service, settings in var.settings : {
      for variable, value in settings : "${service}/${variable}" => value
    }
  ]...)
}
