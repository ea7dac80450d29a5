"""Snapshot of the emulated AWS: all that its backends know, as bytes, and put in place again.

It is a pickle, so whoever loads one must be sure of who made it (stage/kept_state/store.py).
"""

import io
import marshal
import pickle
import threading
from collections import defaultdict
from importlib import import_module
from types import CodeType, FunctionType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from moto.backends import get_backend
from moto.core.base_backend import AccountSpecificBackend, BackendDict

from stage.control_plane import at_rest
from stage.control_plane.extensions.sqs.message_store import MessageStore

# What a process has and a file has not is made anew.
_MADE_ANEW: dict[type, Any] = {
    type(threading.Lock()): threading.Lock,
    type(threading.RLock()): threading.RLock,
    threading.Condition: threading.Condition,
    threading.Event: threading.Event,
}


def dump() -> bytes:
    """All that the emulated AWS of this process knows; nobody may change it meanwhile.

    Messages are left out: what is kept is a system before its first request.

    Raises:
        pickle.PicklingError: Something in it cannot be kept; the message names it.
        TypeError: The same.
    """
    file = io.BytesIO()
    _Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump(
        [
            (_module(backends), account, region, backend)
            for backends in list(BackendDict._instances)  # noqa: SLF001 - moto's own list of what is in use
            for account, region, backend in list(backends.iter_backends())
        ]
    )
    return file.getvalue()


def load(content: bytes) -> None:
    """Put in place what `dump` gave, without what had been run on it.

    Call it before the first request, with the extensions installed.
    """
    # Made by this program and kept where nobody else can write: checked by whoever read it.
    for module, account, region, backend in pickle.loads(content):  # noqa: S301
        dict.__setitem__(_backends(module)[account], region, backend)
    at_rest.forget_run()


def _module(backends: Any) -> str:
    """The module of moto that has these backends; the names that they have themselves are not unique."""
    moto = next(one for one in backends.backend.__mro__ if one.__module__.startswith("moto."))
    name: str = moto.__module__.split(".")[1]
    if _backends(name) is not backends:
        raise pickle.PicklingError(f"moto.{name} has other backends than those of {backends.service_name}")
    return name


def _backends(module: str) -> Any:
    return get_backend(module)


def _backends_of_account(module: str, account: str) -> Any:
    return _backends(module)[account]


class _Pickler(pickle.Pickler):
    """Pickles backends; the lists that they are found in are found again, not copied."""

    def reducer_override(self, one: Any) -> Any:
        """How to make an object anew, if not by all that it holds."""
        anew = _MADE_ANEW.get(type(one))
        if anew is not None:
            return anew, ()
        match one:
            case BackendDict():
                return _backends, (_module(one),)
            case AccountSpecificBackend():
                return _backends_of_account, (_module(one), one.account_id)
        return _made_by_parts(one)


def _made_by_parts(one: Any) -> Any:
    match one:
        case MessageStore():
            return MessageStore, (one.name,)
        case RSAPrivateKey() | EllipticCurvePrivateKey():
            return _private_key, (one.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)
        case defaultdict() if type(one) is not defaultdict:
            # Theirs takes the default first, which a class of moto's has in mind.
            return _default_dict, (type(one), one.default_factory), vars(one), None, iter(one.items())
        case FunctionType(__closure__=None) if "<locals>" in one.__qualname__:
            # A default of a defaultdict, for example.
            return _function, (marshal.dumps(one.__code__), one.__module__)
    return NotImplemented


def _default_dict(kind: Any, default: Any) -> Any:
    made = kind.__new__(kind)
    made.default_factory = default
    return made


def _private_key(written: bytes) -> Any:
    return load_der_private_key(written, None)


def _function(code: bytes, module: str) -> FunctionType:
    found = marshal.loads(code)  # noqa: S302 - of the same file as the pickle
    if not isinstance(found, CodeType):
        raise pickle.UnpicklingError(f"no code of a function of {module}")
    return FunctionType(found, vars(import_module(module)))
