"""Condition keys and variables of a statement, held against AWS's own reference."""

from collections.abc import Iterator

from stage.authorization.condition import Condition, KeyTest, Quantifier
from stage.authorization.condition_keys import GLOBAL, is_among
from stage.authorization.errors import PolicyError, UnknownConditionKeyError
from stage.authorization.matching import Actions, Resources
from stage.authorization.reference import is_key, is_multivalued, keys_of


def check_keys(actions: Actions, resources: Resources | None, condition: Condition) -> None:
    """Refuse a key that AWS does not know for any of the actions: nobody knows what it would do.

    An action that another one's key is unknown to gets no such key in its requests, as on AWS.
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html

    Raises:
        UnknownConditionKeyError: There is no such key.
        PolicyError: A key may have several values, and its operator or variable takes one.
    """
    for key in _keys(resources, condition):
        if not _is_known(key, actions):
            raise UnknownConditionKeyError(
                f"AWS knows no condition key {key} for {', '.join(actions.patterns)}"
            )
    for key in _variables(resources, condition):
        if is_multivalued(key):
            raise PolicyError(f"{key} may have several values, so it is no variable")
    for test in condition:
        if isinstance(test, KeyTest) and test.quantifier is Quantifier.ONE and is_multivalued(test.key):
            needed = " or ".join(f"{one.value}:{test.operator.name}" for one in Quantifier if one.value)
            raise PolicyError(f"{test.key} may have several values, so it needs {needed}")


def _keys(resources: Resources | None, condition: Condition) -> Iterator[str]:
    yield from (test.key for test in condition)
    yield from _variables(resources, condition)


def _variables(resources: Resources | None, condition: Condition) -> Iterator[str]:
    for test in condition:
        yield from (key for value in test.values for key in value.variables)
    for template in resources.templates if resources else ():
        yield from template.variables


def _is_known(key: str, actions: Actions) -> bool:
    if is_among(key, GLOBAL):
        return True
    if actions.excluded or any("*" in pattern.partition(":")[0] for pattern in actions.patterns):
        return is_key(key)
    return any(is_among(key, keys_of(pattern)) for pattern in actions.patterns)
