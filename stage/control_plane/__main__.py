"""`python -m stage.control_plane --host H --port P`: serve the emulated AWS until SIGTERM."""

import argparse
import logging
import os
import signal
import sys

from werkzeug.serving import make_server

from stage.host.die_with_parent import die_with

# moto reads these when it is imported.
_MOTO_SETTINGS = {
    # One account: moto need not look through all of them for every request's access key.
    "MOTO_ACCOUNT_ID": "123456789012",
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    # Nobody starts instances, so nobody needs thousands of machine images.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


def main() -> None:
    """Serve in the foreground; ends with SIGTERM, Ctrl-C, or the parent."""
    options = _parser().parse_args()
    if options.parent:
        die_with(options.parent)
    signal.signal(signal.SIGTERM, _end)
    # Standard output is the log; it has what went wrong, not what was asked.
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    os.environ.update(_MOTO_SETTINGS)
    _serve(options.host, options.port)


def _serve(host: str, port: int) -> None:
    # Imported late: moto reads its settings from the environment while it is imported.
    from stage.control_plane.application import Application  # noqa: PLC0415
    from stage.control_plane.http_handler import Handler, parse_headers_simply  # noqa: PLC0415

    parse_headers_simply()
    make_server(host, port, Application(), threaded=True, request_handler=Handler).serve_forever()


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stage.control_plane", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, required=True, help="TCP port to listen on")
    parser.add_argument("--parent", type=int, help="process id of the parent, to end together with it")
    return parser


if __name__ == "__main__":
    main()
