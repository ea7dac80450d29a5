"""`python -m stage.control_plane --host H --port P`: serve the emulated AWS until SIGTERM."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from werkzeug.serving import make_server

from common.die_with_parent import die_with
from stage.control_plane.callers import CALLERS, OWN_KEYS

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
    _know(options.access_keys or OWN_KEYS, options.identities)
    _serve(options)


def _know(own_keys: Sequence[str], identities_url: str | None) -> None:
    # Imported late: moto reads its settings from the environment while it is imported.
    from stage.control_plane import identities  # noqa: PLC0415

    CALLERS.configure(own_keys, identities.at(identities_url) if identities_url else identities.in_moto)


def _serve(options: argparse.Namespace) -> None:
    # Imported late, as above.
    from stage.control_plane.application import Application  # noqa: PLC0415
    from stage.control_plane.authorization import ENFORCED  # noqa: PLC0415
    from stage.control_plane.http_handler import Handler, parse_headers_simply  # noqa: PLC0415
    from stage.control_plane.rights import remote  # noqa: PLC0415

    parse_headers_simply()
    policies = remote.at(options.identities) if options.identities else None
    application = Application(policies, ENFORCED if options.enforce_rights else ())
    if options.snapshot is not None:
        from stage.control_plane import snapshot  # noqa: PLC0415

        snapshot.load(options.snapshot.read_bytes())
    make_server(
        options.host, options.port, application, threaded=True, request_handler=Handler
    ).serve_forever()


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stage.control_plane", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, required=True, help="TCP port to listen on")
    parser.add_argument("--parent", type=int, help="process id of the parent, to end together with it")
    parser.add_argument(
        "--access-key",
        dest="access_keys",
        action="append",
        metavar="ID",
        help=f"access key that is always valid; may be given again ({', '.join(OWN_KEYS)})",
    )
    parser.add_argument(
        "--identities", metavar="URL", help="another emulated AWS, which has IAM and STS (this one has)"
    )
    parser.add_argument(
        "--enforce-rights", action="store_true", help="refuse tasks what their roles do not allow"
    )
    parser.add_argument("--snapshot", type=Path, help="file to begin with, a snapshot of an emulated AWS")
    return parser


if __name__ == "__main__":
    main()
