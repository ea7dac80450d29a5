"""The WSGI application: moto's services, our reports, and nothing else."""

from collections.abc import Iterable

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from stage.control_plane import extensions, report_routes
from stage.control_plane.extensions.dynamodb import fast_path as dynamodb_fast_path
from stage.control_plane.extensions.sqs import fast_path as sqs_fast_path
from stage.control_plane.extensions.sqs.operations import answering
from stage.control_plane.repeats import Repeats

_FAST_PATHS = (sqs_fast_path.answer, dynamodb_fast_path.answer)


class Application:
    """The emulated AWS with everything that the stage adds to moto."""

    def __init__(self) -> None:
        extensions.install()
        self._moto = Repeats(DomainDispatcherApplication(create_backend_app))

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
