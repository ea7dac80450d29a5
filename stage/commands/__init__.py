"""Commands of `python -m stage`: each module is one, with its arguments (`add`) and what it does (`run`)."""
