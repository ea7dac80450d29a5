"""An emulated AWS in a process of its own: moto server, and the operations that moto lacks."""
