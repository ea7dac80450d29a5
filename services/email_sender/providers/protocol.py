"""What every mail provider does, and how it says that it could not."""

from typing import Protocol

from email_sender.mail import Mail


class ProviderError(Exception):
    """The provider did not take the mail, or nobody knows whether it did."""


class PermanentError(ProviderError):
    """It will never take this mail.

    Attributes:
        dead_mailbox: Whether it will take no other mail to this recipient either.
    """

    def __init__(self, message: str, *, dead_mailbox: bool = False) -> None:
        super().__init__(message)
        self.dead_mailbox = dead_mailbox


class ThrottledError(ProviderError):
    """It takes mails more slowly than we send them."""


class TransientError(ProviderError):
    """It could not take the mail now, e.g. because it could not be reached."""


class UncertainError(ProviderError):
    """It was given the mail and did not say whether it took it."""


class Handover:
    """How far handing over a mail has come.

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

    async def close(self) -> None:
        """Let go of connections."""
