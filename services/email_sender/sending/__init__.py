"""One attempt to send a mail: may it be sent, is it claimed, handed over, and what follows."""
