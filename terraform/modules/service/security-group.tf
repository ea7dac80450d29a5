# The tasks' group; the ways in and out are in the files beside this one, by where they lead.
# Names are looked up at the VPC's resolver, which no security group stands before
# (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html).
resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:tasks are in it by way of local.security_group_id, which checkov does not follow.
  count = local.is_candidate ? 0 : 1

  name        = local.full_name
  description = "Tasks of ${var.name}"
  vpc_id      = var.network.vpc_id

  tags = { Name = local.full_name }
}
