"""What a request and a mail cost in CPU, beside the plain ways of doing the same."""
