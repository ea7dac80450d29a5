# Master and workers. They reach each other, the load balancer and AWS's own services; nobody reaches them.
resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:no resource has it, for a test gives it to its tasks by RunTask.
  name        = local.full_name
  description = "Tasks of the load generator"
  vpc_id      = var.network.vpc_id

  tags = { Name = local.full_name }
}

# Workers connect to their master, which answers on the same connection.
resource "aws_vpc_security_group_ingress_rule" "master" {
  description                  = "Master from its workers"
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = local.master_port
  to_port                      = local.master_port

  tags = { Name = "${local.full_name} from its workers" }
}

resource "aws_vpc_security_group_egress_rule" "master" {
  description                  = "Workers to their master"
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = local.master_port
  to_port                      = local.master_port

  tags = { Name = "${local.full_name} to its master" }
}
