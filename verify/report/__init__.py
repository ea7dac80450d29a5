"""What a person sees of a verdict."""
