"""What the Notification API and the Email Sender agree on."""
