"""A mail server that delivers nowhere, wants a login over TLS, and shows what it was given."""
