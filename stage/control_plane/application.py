"""The WSGI application: moto's services, our reports, and nothing else.

Every request passes here, and on its way to an operation meets in turn: the reports of the stage,
authentication, authorization, the toxics in force, the fast paths, repetitions, and moto. What is carried
out is so alone; what goes before, and what waits for messages, is not.
"""

from collections.abc import Collection, Iterable
from functools import cache
from threading import Lock

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from stage.control_plane import authentication, extensions, report_routes, toxics
from stage.control_plane.alone import Alone
from stage.control_plane.authorization import ENFORCED, Authorization
from stage.control_plane.callers import Kind
from stage.control_plane.extensions.sqs.backend import answering
from stage.control_plane.repeats import Repeats
from stage.control_plane.request_body import body_of
from stage.control_plane.rights.policies import Source

SNAPSHOT_PATH = "/stage/snapshot"
_MESSAGES = "sqs"
_FAST_PATHS = {
    name: extension.fast_path.answer
    for name, extension in extensions.EXTENSIONS.items()
    if extension.fast_path
}


class Application:
    """The emulated AWS with everything that the stage adds to moto.

    Args:
        policies: Place that policies are known from; None for this process's IAM.
        enforced: Kinds of callers whose calls are refused if nothing allows them.
    """

    def __init__(self, policies: Source | None = None, enforced: Collection[Kind] = ENFORCED) -> None:
        extensions.install()
        self._authorization = Authorization(policies, enforced=enforced)
        self._lock = Lock()
        self._reports = Alone(report_routes.answer, self._lock)
        self._moto = Repeats(Alone(Services(), self._lock))

    def __call__(
        self, environ: report_routes.Environ, start_response: report_routes.StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] == SNAPSHOT_PATH:
            return self._snapshot(start_response)
        # Whoever sends it slowly holds nobody up.
        body_of(environ)
        if environ["PATH_INFO"].startswith(report_routes.PREFIX):
            return self._reports(environ, start_response)
        return authentication.answer(environ, start_response, self._known)

    def _known(
        self, environ: report_routes.Environ, start_response: report_routes.StartResponse
    ) -> Iterable[bytes]:
        return self._authorization.answer(environ, start_response, self._allowed)

    def _allowed(
        self, environ: report_routes.Environ, start_response: report_routes.StartResponse
    ) -> Iterable[bytes]:
        return toxics.answer(environ, start_response, self._answer)

    def _answer(
        self, environ: report_routes.Environ, start_response: report_routes.StartResponse
    ) -> Iterable[bytes]:
        with answering(environ.get("werkzeug.socket")):
            # It may wait 20 s for a message, and messages are in no snapshot.
            answer = _FAST_PATHS[_MESSAGES](environ, start_response)
            return self._act(environ, start_response) if answer is None else answer

    def _act(
        self, environ: report_routes.Environ, start_response: report_routes.StartResponse
    ) -> Iterable[bytes]:
        with self._lock:
            for name, fast_path in _FAST_PATHS.items():
                answer = None if name == _MESSAGES else fast_path(environ, start_response)
                if answer is not None:
                    return answer
        return self._moto(environ, start_response)

    def _snapshot(self, start_response: report_routes.StartResponse) -> Iterable[bytes]:
        # Imported late: of what it knows of, most is never asked for.
        from stage.control_plane import snapshot  # noqa: PLC0415

        with self._lock:
            content = snapshot.dump()
        start_response(
            "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(content)))]
        )
        return [content]


class Services(DomainDispatcherApplication):
    """moto's services, of which each is found once: moto would list its own folders for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host = cache(super().get_backend_for_host)
