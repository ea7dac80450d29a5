"""How the system is proved."""
