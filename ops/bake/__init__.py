"""Bake: a canary compared with the stable service, by what both did in the same minutes."""
