import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from notification_api.address import mail_address

_LOCAL_PARTS = st.text('ab.+-_!A "@é\u0301', max_size=70) | st.sampled_from(["Postmaster", "INFO", "x" * 65])
_DOMAINS = st.text("aB.-1é", max_size=20) | st.sampled_from(
    ["example.com", "EXAMPLE.com", "localhost", "bücher.de", "xn--bcher-kva.de", "[127.0.0.1]", "a.test"]
)


@given(_LOCAL_PARTS, _DOMAINS)
@example("a" * 64, ".".join(["b" * 62] * 3) + ".de")
@example("a" * 64, ".".join(["b" * 62] * 3) + ".com")
@example("a" * 60, ".".join(["é" * 32] * 3) + ".de")
@example("ada", "example.com")
@example("ada", "bücher.de")
@example("ada", "xn--bcher-kva.de")
@example("Postmaster", "example.com")
def test_is_what_the_whole_check_says(local_part, domain):
    """The short way for plain addresses gives what email_validator gives, for good and bad ones."""
    address = f"{local_part}@{domain}"
    try:
        expected = validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        with pytest.raises(ValueError, match="not a valid email address"):
            mail_address(address)
    else:
        assert expected == mail_address(address)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "Ada <ada@example.com>",
        "ada@example.com\nBcc: eve@example.com",
        "\n@b.de",
    ],
)
def test_what_is_no_address(value):
    """Neither a name beside an address nor a line of its own gets through."""
    with pytest.raises(ValueError, match="not a valid email address"):
        mail_address(value)
