locals {
  # Zone -> the zone whose NAT gateway its private subnet uses.
  nat_zone = { for zone in var.availability_zones : zone => var.nat_gateway_per_zone ? zone : var.availability_zones[0] }
}

resource "aws_eip" "nat" {
  for_each = toset(values(local.nat_zone))

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = aws_eip.nat

  allocation_id = each.value.id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${var.name}-${each.key}" }

  # A NAT gateway is of no use until its VPC has a way out.
  depends_on = [aws_internet_gateway.this]
}
