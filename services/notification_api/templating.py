"""Built-in templates, filled in strictly: a mail never goes out with a gap in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from notification_api.address import mail_address
from notification_api.models import SUBJECT_LENGTH
from shared.text import display_name, https_url, single_line, xml_characters

_FOLDER = Path(__file__).parent / "templates"
_SUBJECT = "Subject"
_HEADERS = (_SUBJECT, "From-Name", "Reply-To", "List-Unsubscribe")

Data = Mapping[str, str | int]


class TemplateError(Exception):
    """An error in the caller's template or data.

    Attributes:
        pointer: JSON pointer to what is wrong in the request's body.
    """

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Content:
    """Text of one mail, and what else its template says of it; empty where it says nothing."""

    subject: str
    body: str
    html: str = ""
    from_name: str = ""
    reply_to: str = ""
    list_unsubscribe: str = ""


@dataclass(frozen=True)
class MailTemplate:
    """A mail with `${variables}` in its subject, its two texts and its URL.

    Attributes:
        name: What requests call it.
        subject: One line.
        body: Plain text.
        html: The same as HTML, in which data is escaped; None for none.
        from_name: Name that the mail comes from; empty for none.
        reply_to: Address that answers go to; empty for none.
        list_unsubscribe: https URL, in which data is percent-encoded; None for none.
    """

    name: str
    subject: Template
    body: Template
    html: Template | None = None
    from_name: str = ""
    reply_to: str = ""
    list_unsubscribe: Template | None = None

    def fill(self, data: Data) -> Content:
        """Content of one mail.

        Raises:
            TemplateError: A variable is missing, or what was put in does not fit a mail.
        """
        try:
            subject, body = self.subject.substitute(data), self.body.substitute(data)
            html = "" if self.html is None else self.html.substitute(_escaped(data))
            url = "" if self.list_unsubscribe is None else self.list_unsubscribe.substitute(_quoted(data))
        except KeyError as missing:
            variable = missing.args[0]
            raise TemplateError(
                f"#/data/{variable}", f"the template {self.name!r} needs the variable {variable!r}"
            ) from None
        try:
            if len(single_line(subject)) > SUBJECT_LENGTH:
                raise TemplateError("#/data", f"the subject would be longer than {SUBJECT_LENGTH} characters")
        except ValueError as error:
            raise TemplateError("#/data", f"the subject {error}") from None
        try:
            body, html = xml_characters(body), xml_characters(html)
        except ValueError as error:
            raise TemplateError("#/data", f"the body {error}") from None
        try:
            url = url and https_url(url)
        except ValueError as error:
            raise TemplateError("#/data", f"the URL to unsubscribe {error}") from None
        return Content(subject, body, html, self.from_name, self.reply_to, url)


class Templates:
    """All templates of a folder, read once.

    `NAME.txt` starts with the line `Subject: ...`; `From-Name`, `Reply-To` and `List-Unsubscribe` may
    follow in the same way; then come an empty line and the text. `NAME.html` beside it is the same as HTML.

    Raises:
        ValueError: A file is not of that form, or has a placeholder that is none.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._by_name = {path.stem: _read(path) for path in sorted(folder.glob("*.txt"))}
        for path in folder.glob("*.html"):
            if path.stem not in self._by_name:
                raise ValueError(f"{path.name}: must have {path.stem}.txt beside it, the same as plain text")

    def fill(self, name: str, data: Data) -> Content:
        """Content of one mail.

        Raises:
            TemplateError: There is no such template, or its data does not fit.
        """
        template = self._by_name.get(name)
        if template is None:
            raise TemplateError("#/template", f"unknown template; available: {', '.join(self._by_name)}")
        return template.fill(data)


def _escaped(data: Data) -> Data:
    return {name: escape(str(value)) for name, value in data.items()}


def _quoted(data: Data) -> Data:
    return {name: quote(str(value), safe="") for name, value in data.items()}


def _read(path: Path) -> MailTemplate:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    headers = {}
    for line in head.split("\n"):
        name, _, value = line.partition(": ")
        if name not in _HEADERS or name in headers or not value:
            raise ValueError(
                f"{path.name}: must start with 'Subject: ...' and an empty line; "
                f"between them there may be one each of {', '.join(_HEADERS[1:])}"
            )
        headers[name] = value
    if next(iter(headers)) != _SUBJECT or not body:
        raise ValueError(f"{path.name}: must start with 'Subject: ...' and an empty line, and have a text")
    html = path.with_suffix(".html")
    from_name, reply_to, url = (headers.get(name, "") for name in _HEADERS[1:])
    try:
        return MailTemplate(
            path.stem,
            _template(headers[_SUBJECT]),
            _template(body),
            _template(html.read_text(encoding="utf-8")) if html.exists() else None,
            from_name and display_name(from_name),
            reply_to and mail_address(reply_to),
            _url_template(url) if url else None,
        )
    except ValueError as error:
        raise ValueError(f"{path.name}, or the HTML beside it: {error}") from None


def _template(text: str) -> Template:
    template = Template(text)
    if not template.is_valid():
        raise ValueError("has a '$' that starts no placeholder; write '$$' for a dollar sign")
    return template


def _url_template(text: str) -> Template:
    template = _template(text)
    https_url(template.substitute(dict.fromkeys(template.get_identifiers(), "x")))
    return template
