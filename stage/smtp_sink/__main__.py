"""Program: `python -m stage.smtp_sink --host 127.0.0.1 --port 2525 --log mails.jsonl`."""

import argparse
import asyncio
import sys
from pathlib import Path

from stage.host.die_with_parent import die_with
from stage.smtp_sink.server import MailLog, serve


def main() -> None:
    """Serve until told to end.

    The first line on standard output is `ready PORT`, or `error ...` if the server cannot start.
    """
    parser = argparse.ArgumentParser(prog="python -m stage.smtp_sink", description="Write mails down.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--log", type=Path, required=True, help="JSON lines file to append to")
    parser.add_argument("--parent", type=int, help="end when this process, the one that started it, ends")
    arguments = parser.parse_args()
    if arguments.parent is not None:
        die_with(arguments.parent)
    try:
        log = MailLog(arguments.log)
        asyncio.run(serve(arguments.host, arguments.port, log, lambda port: _say(f"ready {port}")))
    except OSError as error:
        _say(f"error {error.strerror or error}")
        sys.exit(1)
    log.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
