"""Policies and requests that are not evaluated at all, because a guess would be as good as "allowed"."""


class PolicyError(ValueError):
    """A policy that AWS refuses, or whose effect is not known: what is wrong with it, in a sentence."""


class UnknownElementError(PolicyError):
    """An element of a policy or statement that the policy language does not have, or not in this place."""


class UnknownOperatorError(PolicyError):
    """A condition operator that AWS does not have."""


class UnknownConditionKeyError(PolicyError):
    """A condition key or policy variable that AWS does not know for any action of its statement."""


class RequestError(ValueError):
    """A request that cannot be a call of AWS: what is wrong with it, in a sentence."""


class UnknownOperationError(RequestError):
    """An operation of which nobody has written down what it is about, and in which data file that belongs."""


class UnplacedCallError(RequestError):
    """A call whose parameters do not say what it is about, and what would have to."""
