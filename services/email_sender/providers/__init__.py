"""Ways for a mail to leave: SMTP and SES."""
