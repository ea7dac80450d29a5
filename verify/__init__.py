"""Drives a deployed system, watches it, and judges what was seen: the same on the stage and on AWS."""
