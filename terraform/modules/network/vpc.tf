resource "aws_vpc" "this" {
  cidr_block = var.cidr_block

  # Cloud Map's private DNS namespace answers only where both are on.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

# What AWS puts into every VPC allows all traffic among its members. Adopting it without a rule
# closes it: whoever forgets to name a security group reaches nothing.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}
