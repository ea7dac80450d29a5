"""State of an applied stage, kept under a digest of everything that made it."""
