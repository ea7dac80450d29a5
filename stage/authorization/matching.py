"""Action and Resource elements, and what they are about.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stage.authorization.errors import PolicyError
from stage.authorization.variables import Context, Template, UnresolvedError, template

_ANY = "*"
_ACTION = re.compile(r"\*|([\w-]+|\*):[\w*?-]+")
# A variable stands only behind the fifth colon, and a wildcard is no service.
_RESOURCE = re.compile(r"\*|arn:[^:$]*:[^:$*?]*:[^:$]*:[^:$]*:.+", re.DOTALL)
_UP_TO_THE_ACCOUNT = re.compile(r"arn:[^:$]*:([^:$*?]+:[^$]*)?\*")


@dataclass(frozen=True)
class Actions:
    """An Action or NotAction element.

    Attributes:
        patterns: As they are written.
        excluded: Whether it is a NotAction.
        expression: Matches each of the patterns, without a difference between large and small letters.
    """

    patterns: tuple[str, ...]
    excluded: bool
    expression: re.Pattern[str]

    def concern(self, action: str) -> bool:
        """Whether they are about an action, such as "sqs:SendMessage"."""
        return (self.expression.fullmatch(action) is None) == self.excluded


@dataclass(frozen=True)
class Resources:
    """A Resource or NotResource element.

    Attributes:
        patterns: As they are written.
        excluded: Whether it is a NotResource.
        expression: Matches each of the patterns without variables.
        templates: Those with variables.
    """

    patterns: tuple[str, ...]
    excluded: bool
    expression: re.Pattern[str] | None
    templates: tuple[Template, ...]

    def concern(self, resource: str, context: Context) -> bool:
        """Whether they are about a resource.

        What has a variable without a value is about nothing; where all but it were meant, so is the rest.

        Args:
            resource: An ARN, or "*" where a call is about none.
            context: Of the request.
        """
        if self.expression is not None and self.expression.fullmatch(resource):
            return not self.excluded
        for one in self.templates:
            try:
                expression = one.expression(context)
            except UnresolvedError:
                if self.excluded:
                    return False
                continue
            if re.fullmatch(expression, resource, re.DOTALL):
                return not self.excluded
        return self.excluded


def parse_actions(element: object, *, excluded: bool) -> Actions:
    """An Action or NotAction element.

    Raises:
        PolicyError: An action is not written as AWS has it: a service, a colon and a name.
    """
    patterns = tuple(texts(element))
    for pattern in patterns:
        if not _ACTION.fullmatch(pattern):
            raise PolicyError(f"{pattern} is no action: AWS takes service:Name, with wildcards")
    expression = re.compile("|".join(action_expression(one) for one in patterns), re.IGNORECASE)
    return Actions(patterns, excluded, expression)


def action_expression(pattern: str) -> str:
    """A regular expression for what an action with wildcards stands for."""
    return Template((pattern,)).expression({})


def parse_resources(element: object, version: str, *, excluded: bool) -> Resources:
    """A Resource or NotResource element.

    Raises:
        PolicyError: A resource is neither an ARN nor an asterisk, or has a variable before its fifth colon.
    """
    patterns = tuple(texts(element))
    for pattern in patterns:
        if not _RESOURCE.fullmatch(pattern) and not _UP_TO_THE_ACCOUNT.fullmatch(pattern):
            raise PolicyError(f"{pattern} is no resource: AWS takes an ARN, variables in its last part, or *")
    templates = [template(pattern, version) for pattern in patterns]
    fixed = [one.expression({}) for one in templates if not one.variables]
    return Resources(
        patterns,
        excluded,
        re.compile("|".join(fixed), re.DOTALL) if fixed else None,
        tuple(one for one in templates if one.variables),
    )


def texts(element: object) -> Sequence[str]:
    """The texts of an element that may be one or a list of them.

    Raises:
        PolicyError: It is neither.
    """
    return list(_texts(element))


def _texts(element: object) -> Iterator[str]:
    for one in element if isinstance(element, list) else [element]:
        if not isinstance(one, str):
            raise PolicyError(f"{one!r} is no text")
        yield one
