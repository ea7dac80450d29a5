"""Decides whether AWS would carry out a call: policies, what they are about, who calls. Without I/O."""
