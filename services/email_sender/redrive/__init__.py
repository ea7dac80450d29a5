"""Brings dead letters back to the queue that they came from, once what killed them is mended."""
