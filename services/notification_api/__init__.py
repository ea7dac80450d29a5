"""Takes notifications over HTTP and puts them on the queue."""
