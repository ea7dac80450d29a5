"""Changes of resources in a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ops.plan_check.values import Difference, differences

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """A change of one resource.

    https://developer.hashicorp.com/terraform/internals/json-format#change-representation

    Attributes:
        address: The resource's address.
        type: The resource's type, such as "aws_sqs_queue".
        actions: Terraform's own words, in their order: a replacement is "delete" and "create".
        before: Values that stand; empty of what is created.
        after: Values that come, UNKNOWN where the apply has to say; empty of what goes.
        before_sensitive: Marks of what is sensitive in `before`: true, or what holds true further down.
        after_sensitive: Marks of what is sensitive in `after`.
        replace_paths: Attributes that force a replacement, each as the way to it.
        reason: Terraform's word for why it replaces or deletes; empty if it gives none.
        previous_address: Address that it was moved from; empty if it was not.
        imported: Whether Terraform takes over what it did not manage before.
        deposed: Whether this is what is left of an earlier replacement.
    """

    address: str
    type: str
    actions: tuple[str, ...]
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    before_sensitive: Any = None
    after_sensitive: Any = None
    replace_paths: Sequence[Sequence[str | int]] = ()
    reason: str = ""
    previous_address: str = ""
    imported: bool = False
    deposed: bool = False

    @property
    def creates(self) -> bool:
        """Whether there was nothing before."""
        return self.actions == ("create",)

    @property
    def deletes(self) -> bool:
        """Whether it goes for good."""
        return self.actions == ("delete",)

    @property
    def replaces(self) -> bool:
        """Whether it goes, and another one comes."""
        return set(self.actions) == {"create", "delete"}

    @property
    def forgets(self) -> bool:
        """Whether Terraform lets go of it and leaves it standing."""
        return "forget" in self.actions

    @property
    def updates(self) -> bool:
        """Whether it is changed in place."""
        return self.actions == ("update",)

    @property
    def idle(self) -> bool:
        """Whether nothing becomes of it but, maybe, another address."""
        return self.actions == ("no-op",)

    @property
    def compared(self) -> bool:
        """Whether there is one before and one after, that is not the same."""
        return self.updates or ("create" in self.actions and not self.creates)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Every value that differs; of what comes or goes, every value that it has or had."""
        if self.idle or (self.forgets and not self.compared):
            return ()
        return tuple(differences(self.before, self.after, self.before_sensitive, self.after_sensitive))

    @property
    def why_replaced(self) -> str:
        """Reason of a replacement, as the end of a sentence; empty if Terraform gives none."""
        if self.reason == "replace_because_tainted":
            return "since an earlier apply left it half made"
        if self.reason == "replace_by_request":
            return "since the command line asks for it"
        if self.reason == "replace_by_triggers":
            return "since what its replace_triggered_by names changes"
        names = sorted({str(path[0]) for path in self.replace_paths if path})
        return f"since {' and '.join(names)} cannot be changed in place" if names else ""
