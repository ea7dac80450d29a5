"""One call at a time, and nobody else while it is carried out.

moto answers from dictionaries and lists that other threads would change meanwhile: a table is described by
going through its items, and one that was put in between was an internal error, after which Terraform waits
longer each time before it asks again. Since one thread at a time runs Python, little is lost.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class Alone:
    """WSGI middleware: a call is carried out to its end before the next one begins.

    Args:
        application: Carries calls out.
        lock: That whoever else may not come in between takes, too.
    """

    def __init__(self, application: Wsgi, lock: AbstractContextManager[Any]) -> None:
        self._application = application
        self._lock = lock

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, whose body should be there by then."""
        with self._lock:
            return [b"".join(self._application(environ, start_response))]
