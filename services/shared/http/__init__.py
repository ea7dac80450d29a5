"""How both services start, answer HTTP and stop."""
