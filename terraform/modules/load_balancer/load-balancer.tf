resource "aws_lb" "this" {
  name               = var.name
  load_balancer_type = "application"
  internal           = false
  security_groups    = [aws_security_group.this.id]
  subnets            = var.subnet_ids

  # Headers that are not valid HTTP are how requests are smuggled past a proxy.
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  # Shorter than the application's keep-alive (75 seconds), so that the load balancer closes an idle
  # connection first and never sends a request into one that is closing.
  idle_timeout = 60

  access_logs {
    bucket  = aws_s3_bucket.access_logs.bucket
    enabled = true
  }

  # ELB writes a test file into the bucket before it takes it.
  depends_on = [aws_s3_bucket_policy.access_logs]
}
