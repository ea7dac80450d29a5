"""Maximum waits in an SMTP dialogue, in seconds."""

from dataclasses import dataclass

# RFC 5321, 4.5.3.2 has these; none is reached unless SEND_TIMEOUT_SECONDS is some ten minutes.
COMMAND_SECONDS = 300.0
"""Seconds for the greeting and for the reply to a command; DATA's 120 end with those of the commands that it
is sent with."""
DATA_SECONDS = 120.0
CONTENT_SECONDS = 600.0
"""Seconds for the reply to the content."""

CONNECT_SECONDS = 10.0
"""Seconds for a name's addresses and a connection to one of them."""
ADDRESS_SECONDS = 4.0
"""Seconds for a connection to one of several addresses; TCP asks again after 1 and after 3."""
CATCH_UP_SECONDS = 1.0
"""Seconds for what follows a refusal on a connection, before another one is opened instead."""
FAREWELL_SECONDS = 1.0
"""Seconds for the replies to QUIT of all connections together."""

_SHARE_BEFORE_CONTENT = 0.4


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Maximum waits of one mail.

    Attributes:
        whole_seconds: For all of it.
    """

    whole_seconds: float

    @property
    def before_content_seconds(self) -> float:
        """Seconds for all that comes before the content: the connection, its login, and the envelope.

        Two fifths: of 100 s, 60 are left for the reply to the content, which is what a server takes its time
        for. Exchange holds it back for 30 s until it has a second copy:
        https://learn.microsoft.com/en-us/exchange/mail-flow/transport-high-availability/shadow-redundancy
        """
        return self.whole_seconds * _SHARE_BEFORE_CONTENT
