# Loads an environment and watches what becomes of it. A role of its own, so that what runs each week cannot
# deploy: taken by jobs of the GitHub environment `<environment>-load`, whose secret is the load's API key.
resource "aws_iam_role" "load" {
  for_each   = local.loaded
  depends_on = [aws_iam_openid_connect_provider.github, aws_iam_role.deploy]

  name               = "${var.name}-${each.key}-load"
  path               = local.path
  description        = "Load tests of ${each.key}"
  assume_role_policy = data.aws_iam_policy_document.load_trust[each.key].minified_json

  # Seconds; the default scenarios take three quarters of an hour.
  max_session_duration = 7200
}

locals {
  # What verify/ loads: in production whoever is hurt is a customer.
  loaded = setintersection(var.environments, ["staging"])

  load_role_arns = { for environment in local.loaded : environment => "${local.roles}${var.name}-${environment}-load" }
}

# A release loads while it bakes, and takes this role for it, so that the deploy role need not be able to do both.
data "aws_iam_policy_document" "load_trust" {
  for_each = local.loaded

  source_policy_documents = [data.aws_iam_policy_document.trust["${each.key}-load"].json]

  statement {
    sid     = "Releases"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["${local.roles}${var.name}-${each.key}-deploy"]
    }
  }
}

resource "aws_iam_role_policy" "load_state" {
  for_each = local.loaded

  name   = "read-outputs"
  role   = aws_iam_role.load[each.key].name
  policy = data.aws_iam_policy_document.load_state[each.key].minified_json
}

# `terraform output`, which takes no lock.
data "aws_iam_policy_document" "load_state" {
  for_each = local.loaded

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket_arn]
  }

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = ["${local.state_bucket_arn}/${local.state_keys[each.key]}"]
  }
}
