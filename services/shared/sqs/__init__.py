"""How both services speak to their queue."""
