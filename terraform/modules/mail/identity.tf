# That SES may send for the domain: it can once the records of the output dns_records are in DNS.
resource "aws_sesv2_email_identity" "this" {
  count = var.create_identity ? 1 : 0

  email_identity = var.domain

  # SES makes the keys, and rotates them behind the three records.
  # https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html
  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

# Bounces come back to a name below the domain instead of one of Amazon's, so that SPF speaks for the
# domain too, as DMARC wants it. Until its records are there, SES uses its own.
# https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  count = var.create_identity ? 1 : 0

  email_identity         = aws_sesv2_email_identity.this[0].email_identity
  mail_from_domain       = local.mail_from_domain
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}

locals {
  mail_from_domain = "bounces.${var.domain}"

  # Where SES keeps the keys that the DKIM records point to: at one name for most regions, and at the
  # region's own for these (https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains).
  regions_with_dkim_domain = [
    "af-south-1",
    "ap-northeast-3",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "il-central-1",
    "me-central-1",
    "us-gov-east-1",
  ]
  dkim_domain = contains(local.regions_with_dkim_domain, var.aws.region) ? "dkim.${var.aws.region}.amazonses.com" : "dkim.amazonses.com"
}
