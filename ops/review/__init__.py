"""Review of what an apply of an environment would do, as it is declared here and with what is out."""
