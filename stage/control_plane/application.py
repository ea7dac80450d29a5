"""The WSGI application: moto's services, our reports, and nothing else.

Every request passes here, and on its way to an operation meets in turn: the reports of the stage, the
fast paths, repetitions, and moto.
"""

from collections.abc import Iterable
from functools import cache

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from stage.control_plane import extensions, report_routes
from stage.control_plane.extensions.sqs.backend import answering
from stage.control_plane.repeats import Repeats

_FAST_PATHS = tuple(
    extension.fast_path.answer for extension in extensions.EXTENSIONS.values() if extension.fast_path
)


class Application:
    """The emulated AWS with everything that the stage adds to moto."""

    def __init__(self) -> None:
        extensions.install()
        self._moto = Repeats(Services())

    def __call__(
        self, environ: report_routes.Environ, start_response: report_routes.StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"].startswith(report_routes.PREFIX):
            return report_routes.answer(environ, start_response)
        with answering(environ.get("werkzeug.socket")):
            for fast_path in _FAST_PATHS:
                answer = fast_path(environ, start_response)
                if answer is not None:
                    return answer
            return self._moto(environ, start_response)


class Services(DomainDispatcherApplication):
    """moto's services, of which each is found once: moto would list its own folders for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host = cache(super().get_backend_for_host)
