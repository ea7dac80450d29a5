# Applies one environment: taken by jobs of the GitHub environment of that name, whose protection
# rules say who may start them.
resource "aws_iam_role" "deploy" {
  for_each   = var.environments
  depends_on = [aws_iam_openid_connect_provider.github]

  name                 = "${var.name}-${each.key}-deploy"
  path                 = local.path
  description          = "terraform apply of ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].minified_json
  permissions_boundary = aws_iam_policy.deploy_boundary.arn

  # Seconds; a first apply or a destroy waits for AWS for up to half an hour.
  max_session_duration = 7200
}

module "deploy_access" {
  source   = "./modules/deploy_access"
  for_each = var.environments

  aws                   = local.aws
  application           = var.name
  environment           = each.key
  state_bucket_arn      = local.state_bucket_arn
  state_key             = local.state_keys[each.key]
  workload_boundary_arn = local.workload_boundary_arn
  hosted_zone_id        = lookup(var.hosted_zone_ids, each.key, null)
  load_role_arn         = lookup(local.load_role_arns, each.key, null)
}

locals {
  deploy_policies = merge([
    for environment, access in module.deploy_access : {
      for part, policy in access.policies : "${environment}-${part}" => { environment = environment, part = part, policy = policy }
    }
  ]...)

  # Reads are the same for all, so they are shared with the plan role.
  deploy_reads = merge([
    for environment in var.environments : {
      for part in keys(module.read_access.policies) : "${environment}-${part}" => { environment = environment, part = part }
    }
  ]...)
}

resource "aws_iam_policy" "deploy" {
  for_each = local.deploy_policies

  name        = "${var.name}-deploy-${each.key}"
  path        = local.path
  description = "What Terraform changes in ${each.value.environment}: ${each.value.part}"
  policy      = each.value.policy
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = local.deploy_policies

  role       = aws_iam_role.deploy[each.value.environment].name
  policy_arn = aws_iam_policy.deploy[each.key].arn
}

resource "aws_iam_role_policy_attachment" "deploy_read" {
  for_each = local.deploy_reads

  role       = aws_iam_role.deploy[each.value.environment].name
  policy_arn = aws_iam_policy.read[each.value.part].arn
}
