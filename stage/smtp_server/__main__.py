"""Program: `python -m stage.smtp_server --host 127.0.0.1 --port 2525 --log mails.jsonl`."""

import argparse
import asyncio
import json
import signal
import ssl
import sys
import time
from pathlib import Path

from common.die_with_parent import die_with
from stage.smtp_server.control import Control
from stage.smtp_server.dialogue import Envelope
from stage.smtp_server.mails import MailLog
from stage.smtp_server.server import SmtpServer


def main() -> None:
    """Serve until SIGTERM or SIGINT.

    The first line on standard output is `ready PORT`, or `error ...` if the server cannot start; each
    later one is JSON, a reply that refused something.
    """
    options = _parser().parse_args()
    if options.parent is not None:
        die_with(options.parent)
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        _say(f"error {error.strerror or error}")
        sys.exit(1)


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    log = MailLog(options.log, with_content=options.with_content)

    def keep(envelope: Envelope) -> None:
        log.add(time.time(), envelope.recipients, envelope.content)

    server = SmtpServer(keep, certificate=_certificate(options.certificate), observe=_tell_refusal)
    if options.control_port is not None:
        Control(server, options.log, options.log.with_suffix(".behaviour.json")).listen(
            options.host, options.control_port
        )
    listening = await server.listen(options.host, options.port)
    _say(f"ready {listening.sockets[0].getsockname()[1]}")
    await ending.wait()
    listening.close()
    log.close()


def _certificate(file: Path | None) -> ssl.SSLContext | None:
    if file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def _tell_refusal(command: str, rest: str, reply: str) -> None:
    if reply[0] in "45":
        # What follows AUTH is a password.
        _say(json.dumps({"command": command, "rest": "" if command == "auth" else rest, "reply": reply}))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stage.smtp_server", description="Write mails down.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (0)")
    parser.add_argument("--log", type=Path, required=True, help="JSON lines file to append to")
    parser.add_argument("--with-content", action="store_true", help="log the whole message")
    parser.add_argument("--certificate", type=Path, help="PEM file with certificate and key, for STARTTLS")
    parser.add_argument("--control-port", type=int, help="HTTP port for GET /mails and PUT /behaviour (none)")
    parser.add_argument("--parent", type=int, help="end when this process, the one that started it, ends")
    return parser


if __name__ == "__main__":
    main()
