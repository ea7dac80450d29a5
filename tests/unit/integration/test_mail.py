from tests.integration.mail_server import Mail


def test_a_mail_is_read_as_it_was_sent():
    """Names of headers in lower case, and text as a person reads it."""
    sent = "Subject: =?utf-8?b?R3LDvMOfZQ==?=\nContent-Type: text/plain; charset=utf-8\n\nZeile — eins\n"
    mail = Mail("ada@example.com", "n-1", sent.encode().decode("latin-1"))

    assert {"subject": "Grüße", "content-type": 'text/plain; charset="utf-8"'} == mail.headers
    assert "Zeile — eins\n" == mail.body
