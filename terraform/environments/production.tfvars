# Everything about production except the account's id and the certificate, which the pipeline passes:
#   terraform apply -var-file=environments/production.tfvars -var=aws_account_id=... -var=certificate_arn=...
# Nobody reaches it before allowed_cidr_blocks names who may.
environment          = "production"
aws_region           = "eu-central-1"
availability_zones   = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
vpc_cidr             = "10.21.0.0/16"
nat_gateway_per_zone = true
image_tag            = "0.1.0"
domain_name          = "api.notifications.example"
log_retention_days   = 90

notification_api = {
  cpu       = 512
  memory    = 1024
  min_tasks = 3
  max_tasks = 12
}

email_sender = {
  cpu        = 512
  memory     = 1024
  min_tasks  = 2
  max_tasks  = 8
  spot_share = 50
}

mail = {
  provider = "ses"
  from     = "no-reply@notifications.example"
}
