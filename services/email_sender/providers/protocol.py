"""What every mail provider does, and how it says that it could not."""

from typing import Protocol

from email_sender.mail import Mail


class ProviderError(Exception):
    """The provider did not take the mail."""


class PermanentError(ProviderError):
    """It will never take this mail, e.g. because the recipient does not exist."""


class ThrottledError(ProviderError):
    """It takes mails more slowly than we send them."""


class TransientError(ProviderError):
    """It could not take the mail now, e.g. because it could not be reached."""


class MailProvider(Protocol):
    """Sends mails, several at a time."""

    async def send(self, mail: Mail) -> None:
        """Return once the provider has taken responsibility for the mail.

        Raises:
            ProviderError: It has not; the type says what that means.
        """

    async def close(self) -> None:
        """Let go of connections."""
