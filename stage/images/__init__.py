"""Images that tasks are started from: the working tree's, and those that were built beside it."""
