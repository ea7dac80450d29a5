"""Addresses that get no mail, since mails to them only spoil the account's reputation."""
