"""Differences between what an environment is declared to be and what AWS says it is."""
