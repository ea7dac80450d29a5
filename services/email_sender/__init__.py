"""Takes notifications off the queue and sends them as mail."""
