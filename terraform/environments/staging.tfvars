# Everything about staging except the account's id, which the pipeline passes:
#   terraform apply -var-file=environments/staging.tfvars -var=aws_account_id=111122223333
# Nobody reaches it before allowed_cidr_blocks names who may: keys travel unencrypted here.
environment        = "staging"
aws_region         = "eu-central-1"
availability_zones = ["eu-central-1a", "eu-central-1b"]
image_tag          = "0.1.0"
listener_mode      = "plain_http"

mail = {
  provider = "ses"
  from     = "no-reply@staging.notifications.example"
}
