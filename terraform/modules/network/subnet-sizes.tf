# The first part of the VPC is shared by the public subnets; the private ones get a whole part each. In a /16
# that makes /24s and /20s, in a /23 /27s and /25s.
locals {
  # Zone -> its number.
  zones = { for number, zone in var.availability_zones : zone => number }

  vpc_bits     = tonumber(split("/", var.cidr_block)[1])
  private_bits = local.vpc_bits <= 21 ? 4 : 2

  # No smaller than a /27, which a load balancer demands of a subnet
  # (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html).
  public_bits = min(8, 27 - local.vpc_bits)
}
