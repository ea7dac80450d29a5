"""Decides on each call of the emulated AWS by the policies that are there."""
