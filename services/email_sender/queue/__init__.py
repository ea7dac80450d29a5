"""A queue of messages: receives, keeps them hidden while they are in flight, acknowledges."""
