# How mails are sent: encrypted or not at all, and none to whom SES knows to have bounced or complained.
resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = var.name

  # https://docs.aws.amazon.com/ses/latest/dg/security-protocols.html
  delivery_options {
    tls_policy = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  # https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-config-level.html
  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

# What became of each mail. Nobody sends templates here, counts opened mails, or needs to be told that SES
# took a mail: it has answered so.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html
resource "aws_sesv2_configuration_set_event_destination" "this" {
  # SES tries the topic at once, and is refused before the topic's policy lets it in; the subscription
  # stands before the first event.
  depends_on = [aws_sns_topic_subscription.events]

  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "mail-events"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "REJECT"]

    sns_destination {
      topic_arn = local.topic_arn
    }
  }
}
