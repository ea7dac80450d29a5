"""What is measured: the Notification API, the Email Sender, and how often they call SQS."""
