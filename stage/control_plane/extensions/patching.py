"""The one way in which extensions change moto."""

from types import ModuleType


def replace(owner: type | ModuleType, **members: object) -> None:
    """Put members into a class or module of moto's, in place of its own or beside them."""
    for name, member in members.items():
        setattr(owner, name, member)
