output "configuration_set" {
  description = "Configuration set to send with: its name and its ARN."
  value = {
    name = aws_sesv2_configuration_set.this.configuration_set_name
    arn  = local.configuration_set_arn
  }
}

output "queue" {
  description = "Queue of what became of mails: its name and its ARN."
  value = {
    name = aws_sqs_queue.events.name
    arn  = "${local.queue_arn_prefix}:${aws_sqs_queue.events.name}"
  }
}

output "dead_letter_queue" {
  description = "Queue of what could not be read of that: its name and its ARN."
  value = {
    name = aws_sqs_queue.dead_letter.name
    arn  = "${local.queue_arn_prefix}:${aws_sqs_queue.dead_letter.name}"
  }
}

# https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html#just-verify-domain-proc
output "dns_records" {
  description = "Records for the domain's DNS, by which SES knows that it is yours; none for an identity that is not made here."
  value = concat(
    flatten([
      for identity in aws_sesv2_email_identity.this : [
        for token in identity.dkim_signing_attributes[0].tokens : {
          name  = "${token}._domainkey.${var.domain}"
          type  = "CNAME"
          value = "${token}.${local.dkim_domain}"
        }
      ]
    ]),
    var.create_identity ? [
      {
        name  = local.mail_from_domain
        type  = "MX"
        value = "10 feedback-smtp.${var.aws.region}.amazonses.com"
      },
      {
        name  = local.mail_from_domain
        type  = "TXT"
        value = "v=spf1 include:amazonses.com ~all"
      },
    ] : [],
  )
}
