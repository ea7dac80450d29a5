"""Policy documents as moto has them: texts, which one process can also tell another."""

from typing import NamedTuple, Self

from stage.authorization.errors import PolicyError
from stage.authorization.policy import Kind, Policy, parse


class Document(NamedTuple):
    """A policy document.

    Attributes:
        kind: Where it hangs.
        name: As AWS names it: of an inline policy its name, of a managed one its ARN, of a resource's
            policy the resource's ARN; "" of one that was passed with a session.
        text: As JSON; "" if a policy of that name hangs there and is not there.
    """

    kind: Kind
    name: str
    text: str

    def read(self) -> Policy:
        """The policy, the same object for the same document.

        Raises:
            PolicyError: It is not there, AWS would refuse it, or nobody knows what it would do.
        """
        if not self.text:
            raise PolicyError(f"{self._title}: there is no such policy")
        try:
            return parse(self.text, self.kind, self.name)
        except PolicyError as error:
            raise type(error)(f"{self._title}: {error}") from None

    def facts(self) -> list[str]:
        """All of it, as JSON has it."""
        return [self.kind.value, self.name, self.text]

    @classmethod
    def of(cls, facts: list[str]) -> Self:
        """A document of its facts."""
        kind, name, text = facts
        return cls(Kind(kind), name, text)

    @property
    def _title(self) -> str:
        return f"{self.kind.value} {self.name}".rstrip()
