"""What SES says of mails that it took: read off a queue, written into ledger and suppression list."""
