"""Pure judgement of what was recorded."""
