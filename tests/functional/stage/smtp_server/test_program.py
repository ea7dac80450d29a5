import json
import smtplib
import ssl
import subprocess
import sys

import httpx
import pytest

from stage.smtp_server.certificate import write_certificate
from stage.smtp_server.mails import read_mails
from tests.bench.children import free_port
from tests.waiting import START

LOGIN = {"username": "us", "password": "s3cret"}


@pytest.fixture
def program(tmp_path):
    """The program as a container runs it: what it says, its port, its control's address, a client's TLS."""
    server, trusted = tmp_path / "server.pem", tmp_path / "trusted.pem"
    write_certificate("127.0.0.1", server, trusted)
    control = free_port()
    options = [
        *("--log", str(tmp_path / "mails.jsonl"), "--with-content"),
        *("--certificate", str(server), "--control-port", str(control)),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "stage.smtp_server", *options], stdout=subprocess.PIPE, text=True
    ) as running:
        port = int(running.stdout.readline().split()[1])
        yield running, port, f"http://127.0.0.1:{control}", ssl.create_default_context(cafile=trusted)
        running.terminate()


def test_it_behaves_as_it_is_told_from_outside(program, tmp_path):
    """A login over TLS and a refusal, both told by HTTP while it runs; the mail is shown as it was sent."""
    running, port, control, tls = program
    behaviour = {"needs_tls": True, "needs_login": True, "login": LOGIN, "refused": ["no@example.com"]}
    httpx.put(f"{control}/behaviour", json=behaviour, timeout=START).raise_for_status()

    with smtplib.SMTP("127.0.0.1", port, timeout=START) as client:
        client.starttls(context=tls)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("us", "wrong-s3cret")
        client.login(user=LOGIN["username"], password=LOGIN["password"])
        refused = client.sendmail(
            "us@a.example", ["no@example.com", "ada@example.com"], "Subject: x\r\n\r\nhi\r\n"
        )

    assert {"no@example.com": (554, b"5.7.1 refused by policy")} == refused
    [line] = httpx.get(f"{control}/mails", timeout=START).content.splitlines()
    assert ("ada@example.com", "Subject: x\r\n\r\nhi\r\n") == (
        json.loads(line)["recipient"],
        json.loads(line)["content"],
    )
    assert 1 == len(read_mails(tmp_path / "mails.jsonl"))
    running.terminate()
    said = running.stdout.read()
    assert 0 == running.wait(START)
    assert ["auth", "rcpt"] == sorted({json.loads(line)["command"] for line in said.splitlines()})
    assert "s3cret" not in said


def test_a_behaviour_is_kept_for_the_next_start(program, tmp_path):
    """Beside the log, as the mails are."""
    _, _, control, _ = program
    httpx.put(f"{control}/behaviour", json={"refused": ["no@example.com"]}, timeout=START).raise_for_status()

    assert ["no@example.com"] == json.loads((tmp_path / "mails.behaviour.json").read_text())["refused"]
