import pytest

from notification_api.templating import Content, TemplateError, Templates


@pytest.fixture
def templates(tmp_path):
    """A folder with one template."""
    (tmp_path / "invoice.txt").write_text("Subject: Invoice ${number}\n\nYou owe us $$${amount}.\n")
    return Templates(tmp_path)


def test_fills_subject_and_body(templates):
    """Placeholders take words and whole numbers; two dollar signs are one."""
    assert Content("Invoice 7", "You owe us $12.50.\n") == templates.fill(
        "invoice", {"number": 7, "amount": "12.50"}
    )


def test_data_is_never_a_template(templates):
    """A placeholder in data stays what it is."""
    content = templates.fill("invoice", {"number": "${amount}", "amount": "1"})

    assert "Invoice ${amount}" == content.subject


@pytest.fixture
def full(tmp_path):
    """Make a template that has everything, from a head and HTML of the test's own."""

    def make(head="", html="<p>Hello ${name}</p>\n"):
        (tmp_path / "full.txt").write_text(f"Subject: Hello ${{name}}\n{head}\nHello ${{name}}\n", "utf-8")
        (tmp_path / "full.html").write_text(html, "utf-8")
        return Templates(tmp_path)

    return make


def test_html_escapes_data(full):
    """What a caller puts into HTML is shown as it is, and opens neither an element nor an attribute."""
    html = '<p title="${name}">Hello ${name}, that is $$1</p>'
    content = full(html=html).fill("full", {"name": """<b onclick="x">&amp;'"""})

    escaped = "&lt;b onclick=&quot;x&quot;&gt;&amp;amp;&#x27;"
    assert f'<p title="{escaped}">Hello {escaped}, that is $1</p>' == content.html
    assert """Hello <b onclick="x">&amp;'\n""" == content.body


def test_says_what_else_a_mail_has(full):
    """A template may name whom its mails come from and answers go to, and where one unsubscribes."""
    head = (
        "From-Name: Ada's Bücher\n"
        "Reply-To: help@bücher.example\n"
        "List-Unsubscribe: https://example.com/u/${name}?all=1\n"
    )

    assert Content(
        "Hello a/b é",
        "Hello a/b é\n",
        "<p>Hello a/b é</p>\n",
        "Ada's Bücher",
        "help@xn--bcher-kva.example",
        "https://example.com/u/a%2Fb%20%C3%A9?all=1",
    ) == full(head).fill("full", {"name": "a/b é"})


@pytest.mark.parametrize(
    ("head", "html", "data", "pointer", "detail"),
    [
        ("", "${name} ${link}", {"name": "Ada"}, "#/data/link", "needs the variable 'link'"),
        ("List-Unsubscribe: https://a.example/${token}\n", "x", {"name": "Ada"}, "#/data/token", "'token'"),
        (
            "List-Unsubscribe: https://a.example/${token}\n",
            "x",
            {"name": "Ada", "token": "x" * 900},
            "#/data",
            "the URL to unsubscribe must have at most 868",
        ),
        ("", "${x}", {"name": "Ada", "x": "\x07"}, "#/data", "body must not contain control characters"),
    ],
)
def test_data_that_does_not_fit_the_rest(full, head, html, data, pointer, detail):
    """A gap or a wrong character in HTML or a URL is said as one in the text is."""
    with pytest.raises(TemplateError, match=detail) as error:
        full(head, html).fill("full", data)
    assert pointer == error.value.pointer


@pytest.mark.parametrize(
    ("head", "html"),
    [
        ("Bcc: eve@example.com\n", "x"),
        ("Subject: again\n", "x"),
        ("From-Name:\n", "x"),
        ("Reply-To: nobody\n", "x"),
        ("Reply-To: jörg@example.com\n", "x"),
        ("List-Unsubscribe: http://example.com/u\n", "x"),
        ("List-Unsubscribe: https://example.com/$\n", "x"),
        ("List-Unsubscribe: https://${host} /\n", "x"),
        ("", "it costs $5"),
    ],
)
def test_wrong_template_stops_the_start(full, head, html):
    """What no mail could have is found at start, with the name of the file."""
    with pytest.raises(ValueError, match=r"^full\.txt"):
        full(head, html)


def test_html_without_text_stops_the_start(tmp_path):
    """A mail has its text for programs that show no HTML."""
    (tmp_path / "lonely.html").write_text("<p>Hi</p>")

    with pytest.raises(ValueError, match=r"lonely\.html: must have lonely\.txt beside it"):
        Templates(tmp_path)


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
    with pytest.raises(TemplateError, match="available: invoice"):
        templates.fill("invoices", {})


@pytest.mark.parametrize("text", ["Invoice\n\nBody", "Subject: Invoice\nBody", "", "Subject: Invoice\n\n"])
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
