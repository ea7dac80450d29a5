"""SMTP server that delivers nowhere: it writes mails down, and misbehaves as it is told."""
