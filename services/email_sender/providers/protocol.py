"""Interface of a mail provider, and its errors."""

from typing import Protocol

from email_sender.mail import Mail


class ProviderError(Exception):
    """The provider did not take the mail, or nobody knows whether it did."""


class PermanentError(ProviderError):
    """The provider will never take this mail.

    Attributes:
        dead_mailbox: Whether it will take no other mail to this recipient either.
    """

    def __init__(self, message: str, *, dead_mailbox: bool = False) -> None:
        super().__init__(message)
        self.dead_mailbox = dead_mailbox


class TransientError(ProviderError):
    """The provider does not take this mail now, e.g. because of greylisting; it may take another one."""


class UnavailableError(ProviderError):
    """The provider takes no mail of ours now: unreachable, out of order or refusing us; no mail's fault."""


class ThrottledError(UnavailableError):
    """The provider takes mails more slowly than we send them, or has taken as many as it will for now."""


class UncertainError(ProviderError):
    """The provider was given the mail and did not say whether it took it."""


class Handover:
    """Progress of handing over one mail.

    Attributes:
        begun: Whether the provider may have the mail's content: from then on an end without an answer
            leaves it unknown whether it took the mail.
    """

    __slots__ = ("begun",)

    def __init__(self) -> None:
        self.begun = False


class MailProvider(Protocol):
    """Sends mails, several at a time."""

    async def send(self, mail: Mail, handover: Handover) -> None:
        """Return once the provider has taken responsibility for the mail.

        Args:
            mail: What to send.
            handover: Told when the mail's content is on its way, so that a caller who gives up knows
                whether the mail may arrive all the same.

        Raises:
            ProviderError: It has not; the type says what that means.
        """

    async def probe(self) -> None:
        """Return if the provider would take a mail now, as far as that can be found out without one.

        Raises:
            UnavailableError: It would take none.
        """

    async def close(self) -> None:
        """Close connections."""
