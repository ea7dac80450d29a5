# ruff: noqa: RUF001 - letters that look alike are what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.address import with_ascii_domain, with_unicode_domain

_SPELLINGS = [
    ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ("ada@straße.example", "ada@xn--strae-oqa.example"),
    ("ada@дом.рф", "ada@xn--d1aqf.xn--p1ai"),
    ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
    ("ada@pаypal.example", "ada@xn--pypal-4ve.example"),
]


@pytest.mark.parametrize(("written", "on_the_wire"), _SPELLINGS)
def test_both_spellings_of_a_domain_are_one(written, on_the_wire):
    """Either spelling of an international domain becomes the other."""
    assert on_the_wire == with_ascii_domain(written) == with_ascii_domain(on_the_wire)
    assert written == with_unicode_domain(on_the_wire) == with_unicode_domain(written)


@pytest.mark.parametrize("address", ["ada@BÜCHER.example", "ada@bu\u0308cher.example", "ada@bücher。example"])
def test_domain_is_mapped_as_uts_46_has_it(address):
    """Capitals, combining characters and ideographic full stops are other ways to write the same domain."""
    assert "ada@xn--bcher-kva.example" == with_ascii_domain(address)
    assert "ada@bücher.example" == with_unicode_domain(address)


def test_what_stands_before_the_at_is_left_alone():
    """A local part has one spelling, whatever it is."""
    assert "Jörg.XN--a@xn--bcher-kva.example" == with_ascii_domain("Jörg.XN--a@bücher.example")
    assert "Jörg.XN--a@example.com" == with_unicode_domain("Jörg.XN--a@EXAMPLE.com")


@pytest.mark.parametrize(
    "domain", ["i❤.example", "é" * 60 + ".example", "a..bücher", "é\u202e.de", "é" * 400]
)
def test_domain_without_an_ascii_spelling(domain):
    """What IDNA 2008 knows no spelling for is refused, without the address in the error."""
    with pytest.raises(ValueError, match="cannot be written in ASCII") as error:
        with_ascii_domain(f"ada@{domain}")
    assert domain not in str(error.value)


@pytest.mark.parametrize("domain", ["xn--a", "xn--i-7iq.example", "xn--", "xn--bcher-kv.example", "a..xn--x"])
def test_spelling_that_is_none_stays(domain):
    """A domain that only looks like Punycode is one of its own."""
    assert f"ada@{domain}" == with_unicode_domain(f"ada@{domain}") == with_ascii_domain(f"ada@{domain}")


@given(st.text(max_size=80))
def test_any_text_has_one_spelling(text):
    """Whatever an event or an operator calls an address, its spelling is found once and for all."""
    once = with_unicode_domain(text)

    assert once == with_unicode_domain(once)
