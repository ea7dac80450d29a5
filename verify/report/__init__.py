"""Reports of a verdict: terminal, page and JSON."""
