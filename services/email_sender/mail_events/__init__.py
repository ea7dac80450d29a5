"""SES's events about sent mails: read from a queue, written into ledger and suppression list."""
