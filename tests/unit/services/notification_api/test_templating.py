import pytest

from notification_api.templating import TemplateError, Templates


@pytest.fixture
def templates(tmp_path):
    """A folder with one template."""
    (tmp_path / "invoice.txt").write_text("Subject: Invoice ${number}\n\nYou owe us $$${amount}.\n")
    return Templates(tmp_path)


def test_fills_subject_and_body(templates):
    """Placeholders take words and whole numbers; two dollar signs are one."""
    assert templates.fill("invoice", {"number": 7, "amount": "12.50"}) == (
        "Invoice 7",
        "You owe us $12.50.\n",
    )


def test_data_is_never_a_template(templates):
    """A placeholder in data stays what it is."""
    subject, _ = templates.fill("invoice", {"number": "${amount}", "amount": "1"})

    assert subject == "Invoice ${amount}"


@pytest.mark.parametrize(
    ("data", "pointer", "detail"),
    [
        ({"number": 1}, "#/data/amount", "needs the variable 'amount'"),
        ({"number": "1\n2", "amount": 1}, "#/data", "subject must be one line"),
        ({"number": "1" * 250, "amount": 1}, "#/data", "longer than 255"),
        ({"number": 1, "amount": "\x07"}, "#/data", "body must not contain control characters"),
    ],
)
def test_data_that_does_not_fit(templates, data, pointer, detail):
    """What is missing or does not belong in a mail is said, with its place."""
    with pytest.raises(TemplateError, match=detail) as error:
        templates.fill("invoice", data)
    assert pointer == error.value.pointer


def test_unknown_template(templates):
    """The known templates are listed."""
    with pytest.raises(TemplateError, match="there are: invoice"):
        templates.fill("invoices", {})


@pytest.mark.parametrize("text", ["Invoice\n\nBody", "Subject: Invoice\nBody", ""])
def test_file_of_another_form_stops_the_start(tmp_path, text):
    """A template without subject or empty line is found at start, not with a caller waiting."""
    (tmp_path / "broken.txt").write_text(text)

    with pytest.raises(ValueError, match=r"broken.txt: must start with 'Subject"):
        Templates(tmp_path)


def test_stray_dollar_sign_stops_the_start(tmp_path):
    """A dollar sign that starts no placeholder would fail every caller."""
    (tmp_path / "broken.txt").write_text("Subject: Invoice\n\nYou owe us $5\n")

    with pytest.raises(ValueError, match="starts no placeholder"):
        Templates(tmp_path)
