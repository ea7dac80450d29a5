import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from stage.errors import StageError
from stage.smtp_server.certificate import write_certificate
from stage.smtp_server.mails import read_mails
from stage.smtp_server.process import SmtpServerProcess
from stage.smtp_server.toxics import changes_for
from tests.bench.children import free_port
from tests.waiting import START, eventually


@pytest.fixture
def server(tmp_path):
    """A running mail server."""
    server = SmtpServerProcess("127.0.0.1", 0, tmp_path / "mails.jsonl")
    server.start()
    yield server
    server.stop()


def message(notification_id="n-1"):
    """A notification's mail."""
    mail = EmailMessage()
    mail["From"] = "no-reply@notifications.example"
    mail["To"] = "a@b.example"
    mail["Subject"] = "Gr\u00fc\u00dfe"
    mail["X-Notification-Id"] = notification_id
    mail["Message-ID"] = f"<{notification_id}@notifications.example>"
    mail.set_content("Hello.\n" * 50)
    return mail


def test_a_confirmed_mail_is_in_the_log(server):
    """When the client has its answer, the mail can be read."""
    before = time.time()
    with smtplib.SMTP(server.host, server.port, timeout=START) as client:
        client.send_message(message())
        (mail,) = read_mails(server.log_path)

    assert ("n-1", "a@b.example", "Gr\u00fc\u00dfe", "<n-1@notifications.example>") == (
        mail.notification_id,
        mail.recipient,
        mail.subject,
        mail.message_id,
    )
    assert before <= mail.received_at <= time.time()


def test_commands_may_come_in_one_go(server):
    """It says so, and takes them."""
    with smtplib.SMTP(server.host, server.port, timeout=START) as client:
        client.ehlo()
        assert client.has_extn("PIPELINING")
        client.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n")
        assert [250, 250, 354] == [client.getreply()[0] for _ in range(3)]
        client.send("X-Notification-Id: n-1\r\n\r\nHello.\r\n.\r\n")
        assert 250 == client.getreply()[0]
        (mail,) = read_mails(server.log_path)

    assert "n-1" == mail.notification_id


def test_it_is_encrypted_with_a_certificate(tmp_path):
    """Those who trust it see nothing of it; those who do not hand nothing over."""
    certificate, trusted = tmp_path / "server.pem", tmp_path / "trusted.pem"
    write_certificate("127.0.0.1", certificate, trusted)
    server = SmtpServerProcess("127.0.0.1", 0, tmp_path / "mails.jsonl", certificate=certificate)
    server.start()
    try:
        with smtplib.SMTP(server.host, server.port, timeout=START) as client:
            client.starttls(context=ssl.create_default_context(cafile=trusted))
            client.send_message(message())
        with (
            smtplib.SMTP(server.host, server.port, timeout=START) as client,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            client.starttls(context=ssl.create_default_context())
    finally:
        server.stop()

    assert 1 == len(read_mails(server.log_path))


def test_it_is_told_how_to_behave_while_it_runs(tmp_path):
    """At a port of its own; what it cannot do is an error, and so is to tell one that nobody can tell."""
    server = SmtpServerProcess("127.0.0.1", 0, tmp_path / "mails.jsonl", free_port())
    server.start()
    try:
        server.behave(
            changes_for([{"type": "error", "attributes": {"at": "mail", "reply": "451 4.3.0 later"}}])
        )
        with (
            smtplib.SMTP(server.host, server.port, timeout=START) as client,
            pytest.raises(smtplib.SMTPSenderRefused, match="later"),
        ):
            client.send_message(message())
        server.behave(changes_for(()))
        with smtplib.SMTP(server.host, server.port, timeout=START) as client:
            client.send_message(message())
        with pytest.raises(StageError, match="no such command: helo"):
            server.behave({"replies": {"helo": "500"}})
        assert 2 == sum(server.connections().values())
    finally:
        server.stop()
    with pytest.raises(StageError, match="does not answer"):
        server.behave({})
    with pytest.raises(StageError, match="no control port"):
        SmtpServerProcess("127.0.0.1", 0, tmp_path / "mails.jsonl").behave({})


def test_a_log_is_continued(server):
    """Another server on the same log appends."""
    for number in range(2):
        with smtplib.SMTP(server.host, server.port, timeout=START) as client:
            client.send_message(message(f"n-{number}"))
        server.stop()
        server.start()

    assert ["n-0", "n-1"] == [mail.notification_id for mail in read_mails(server.log_path)]


def test_a_taken_port_is_an_error(tmp_path):
    """The message names the address and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = SmtpServerProcess("127.0.0.1", taken.getsockname()[1], tmp_path / "mails.jsonl")

        with pytest.raises(StageError, match=r"127\.0\.0\.1:\d+ .*in use.*: free the port"):
            server.start()


def test_a_log_that_cannot_be_written_is_an_error(tmp_path):
    """The message names the log and the reason."""
    server = SmtpServerProcess("127.0.0.1", 0, tmp_path / "missing" / "mails.jsonl")

    with pytest.raises(StageError, match=r"missing/mails.jsonl .*No such file"):
        server.start()


def test_stop_frees_the_port(server):
    """A stopped server is gone, and stopping again is no error."""
    pid = server.pid
    server.stop()
    server.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(server.host, server.port, timeout=START)


def test_ctrl_c_does_not_reach_it(server):
    """What is typed on the terminal goes to the stage, which stops its tasks first."""
    assert os.getsid(server.pid) == server.pid


PARENT = """
import sys
from pathlib import Path
from stage.smtp_server.process import SmtpServerProcess
server = SmtpServerProcess("127.0.0.1", 0, Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


def test_does_not_outlive_its_parent(tmp_path):
    """A stage that is killed leaves no mail server behind."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "mails.jsonl")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    eventually(lambda: has_ended(pid), START)


def has_ended(pid):
    """Whether a process is gone, or dead and only waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
