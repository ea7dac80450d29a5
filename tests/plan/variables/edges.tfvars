# Production with every value at the edge of what is accepted: an edge that is moved inwards is refused.
name                     = "notifications"
environment              = "production"
aws_region               = "eu-central-1"
availability_zones       = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
nat_gateway_per_zone     = true
certificate_arn          = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"
domain_name              = "api.notifications.example"
hosted_zone_id           = "Z0123456789ABCDEFGHIJ"
allowed_cidr_blocks      = ["203.0.113.0/24", "198.51.100.0/24"]
image_tag                = "1.4.2"
log_level                = "ERROR"
log_retention_days       = 3653
cpu_architecture         = "ARM64"
smtp_credentials_version = 0

mesh_certificate_authority_arn = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d"
operators                      = ["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Operators_*"]
ledger_table_name              = "notifications-production-deliveries-restored"
permissions_boundary_arn       = "arn:aws:iam::123456789012:policy/notifications-roles"

notification_api = {
  cpu               = 4096
  memory            = 30720
  min_tasks         = 3
  max_tasks         = 3
  cpu_target        = 90
  scale_in_cooldown = 60
  spot_share        = 100
  scheduled_minimums = {
    office-hours = { schedule = "cron(0 7 ? * MON-FRI *)", time_zone = "Europe/Berlin", min_tasks = 3 }
  }
}

email_sender = {
  cpu          = 1024
  memory       = 2048
  cpu_target   = 10
  concurrency  = 2
  send_timeout = 10
  send_rate    = 1

  max_attempts          = 1
  max_age_hours         = 72
  unknown_outcome       = "resend"
  ledger_retention_days = 25
}

mail = {
  provider  = "ses"
  from      = "no-reply@notifications.example"
  from_name = "Grüße von den Benachrichtigungen, alle Zeichen: (64) \\ \"'; < > é"
}

alarm_emails = ["on-call@notifications.example"]

alarm_thresholds = {
  queue_age         = 120
  error_rate        = 0.5
  p99_latency       = 500
  cpu               = 95
  send_failure_rate = 2.5
}
