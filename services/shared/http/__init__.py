"""Start, HTTP server and shutdown of both services."""
