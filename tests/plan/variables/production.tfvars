# Production, with every value at the edge of what is allowed.
environment          = "production"
aws_region           = "eu-central-1"
availability_zones   = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
nat_gateway_per_zone = true
certificate_arn      = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"
allowed_cidr_blocks  = ["203.0.113.0/24", "198.51.100.0/24"]
image_tag            = "1.4.2"
log_retention_days   = 731
notification_api     = { cpu = 4096, memory = 30720, min_tasks = 3, max_tasks = 3, cpu_target = 90, scale_in_cooldown = 60 }
email_sender         = { cpu = 1024, memory = 2048, cpu_target = 10, send_timeout = 20 }

mail = {
  provider = "ses"
  from     = "no-reply@notifications.example"
}
