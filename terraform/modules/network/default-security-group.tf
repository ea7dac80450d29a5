# What AWS puts into every VPC allows all traffic among its members. Adopting it without a rule
# closes it: whoever forgets to name a security group reaches nothing.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}
