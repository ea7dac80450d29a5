"""Built-in templates, filled in strictly: a mail never goes out with a gap in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from contract.text import single_line, xml_characters
from notification_api.models import SUBJECT_LENGTH

_FOLDER = Path(__file__).parent / "templates"
_SUBJECT_PREFIX = "Subject: "


class TemplateError(Exception):
    """What a caller has to change in their template or data.

    Attributes:
        pointer: JSON pointer to what is wrong in the request's body.
    """

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


@dataclass(frozen=True)
class MailTemplate:
    """Subject and body with `${variables}`."""

    name: str
    subject: Template
    body: Template

    def fill(self, data: Mapping[str, str | int]) -> tuple[str, str]:
        """Subject and body of one mail.

        Raises:
            TemplateError: A variable is missing, or what was put in does not fit a mail.
        """
        try:
            subject, body = self.subject.substitute(data), self.body.substitute(data)
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
            return subject, xml_characters(body)
        except ValueError as error:
            raise TemplateError("#/data", f"the body {error}") from None


class Templates:
    """All templates of a folder, read once: `NAME.txt` starts with `Subject: ` and an empty line.

    Raises:
        ValueError: A file is not of that form, or has a placeholder that is none.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._by_name = {path.stem: _read(path) for path in sorted(folder.glob("*.txt"))}

    def fill(self, name: str, data: Mapping[str, str | int]) -> tuple[str, str]:
        """Subject and body of one mail.

        Raises:
            TemplateError: There is no such template, or its data does not fit.
        """
        template = self._by_name.get(name)
        if template is None:
            raise TemplateError(
                "#/template", f"there is no such template; there are: {', '.join(self._by_name)}"
            )
        return template.fill(data)


def _read(path: Path) -> MailTemplate:
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    if not first.startswith(_SUBJECT_PREFIX) or not rest.startswith("\n"):
        raise ValueError(f"{path.name}: must start with 'Subject: ...' and an empty line")
    template = MailTemplate(path.stem, Template(first.removeprefix(_SUBJECT_PREFIX)), Template(rest[1:]))
    if not (template.subject.is_valid() and template.body.is_valid()):
        raise ValueError(f"{path.name}: has a '$' that starts no placeholder; write '$$' for a dollar sign")
    return template
