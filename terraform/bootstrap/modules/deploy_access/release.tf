# What `python -m ops release` asks beside Terraform: whether a version is there, how its candidate does, and the
# role of the load beside its bakes.
locals {
  release = concat([
    {
      sid        = "FindImages"
      actions    = ["ecr:DescribeImages"]
      resources  = ["${local.arn["ecr"]}:repository/${local.prefix}"]
      conditions = []
    },
    {
      sid     = "CompareCandidates"
      actions = ["cloudwatch:GetMetricData"]
      # Metrics have no resource level.
      resources  = ["*"]
      conditions = []
    },
    ],
    [for role in var.load_role_arn[*] : {
      sid        = "TakeLoadRole"
      actions    = ["sts:AssumeRole"]
      resources  = [role]
      conditions = []
    }],
  )
}

variable "load_role_arn" {
  description = "Role that loads the environment; null where nothing may. Example: \"arn:aws:iam::111122223333:role/notifications-bootstrap/notifications-staging-load\"."
  type        = string
  default     = null
}
