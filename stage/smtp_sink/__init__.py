"""A mail server that delivers nowhere and writes down what it was given."""

from stage.smtp_sink.mails import Mail, read_mails
from stage.smtp_sink.sink import SmtpSink

__all__ = ["Mail", "SmtpSink", "read_mails"]
