"""The command line as a person meets it."""

import json
import os
import socket
import sys
from pathlib import Path

import pytest

from stage.host.named_lock import NamedLock
from tests.functional.stage.small_system.traces import cgroups, files, needs_terraform, processes
from tests.functional.stage.small_system.up import CTRL_C, Up, run
from tests.unit.stage.commands.conftest import access

_PRIVILEGED_PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
# Becomes a command that may not listen on ports below 1024, whoever runs it.
_UNPRIVILEGED = (
    "import ctypes, os, sys\n"
    "PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE = 24, 10\n"
    "ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE, 0, 0, 0)\n"
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class TestRefused:
    """What cannot work is told in one line at once, and leaves nothing."""

    @pytest.fixture
    def folder(self, tmp_path):
        """GIVEN a folder for temporary files; THEN nothing is left in it or of it."""
        folder = tmp_path / "tmp"
        folder.mkdir()
        yield folder
        assert [] == [*files(folder), *processes(folder)]

    @pytest.fixture
    def told(self, folder):
        """Runs `up` and gives the one line that it says, having checked that it is one."""

        def refused(*arguments, **how):
            port = () if "--port" in arguments else ("--port", free_port())
            ended = run(folder, *port, *arguments, **how)
            assert (2, "") == (ended.status, ended.stdout)
            assert [] == cgroups(ended.pid)
            (line,) = ended.stderr
            assert line.startswith("stage: ")
            return line

        return refused

    def test_a_name_that_is_taken(self, tmp_path):
        """The line tells where the other stage is, which stays as it is."""
        with NamedLock("mine", tmp_path) as lock:
            lock.publish(access())
            before = files(tmp_path)

            ended = run(tmp_path, "--name", "mine", "--port", free_port())

            assert before == files(tmp_path)
        assert 2 == ended.status
        (line,) = ended.stderr
        assert f"'mine' is already up (pid {os.getpid()}, http://127.0.0.1:8080)" in line

    def test_a_busy_port(self, told):
        """The line names the address and the option."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            line = told("--port", str(port))

        assert f"cannot listen on 127.0.0.1:{port} (Address already in use)" in line
        assert "choose another with --port" in line

    @pytest.mark.skipif(
        not _PRIVILEGED_PORTS.exists() or int(_PRIVILEGED_PORTS.read_text()) <= 80,
        reason="here anybody may listen on port 80",
    )
    def test_a_port_that_needs_privileges(self, told):
        """It is refused as a busy one is."""
        line = told("--port", "80", before=(sys.executable, "-c", _UNPRIVILEGED))

        assert "cannot listen on 127.0.0.1:80 (Permission denied): choose another with --port" in line

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (("--port", "0"), "--port 0: give a number from 1 to 65535"),
            (("--port", "65536"), "--port 65536: give a number from 1 to 65535"),
            (("--minute-seconds", "0"), "--minute-seconds 0: give a number above 0"),
            (("--minute-seconds", "nan"), "--minute-seconds nan: give a number above 0"),
            (("--vcpu-cores", "-1"), "--vcpu-cores -1: give a number above 0"),
            (("--name", "a/b"), "--name 'a/b': use letters, digits and dashes only"),
            (("--var-file", "no.tfvars"), "there is no variable file no.tfvars"),
            (("--services", "nowhere"), "there is no folder nowhere: give another with --services"),
            (("--terraform", "docs"), "docs holds no Terraform module"),
        ],
    )
    def test_a_value_that_cannot_be(self, told, arguments, expected):
        """The line names the option and what to give instead."""
        assert expected in told(*arguments)

    def test_terraform_missing(self, told, tmp_path):
        """The line tells where to get it."""
        assert "terraform is not on PATH: install" in told(environment={"PATH": str(tmp_path)})

    @needs_terraform
    def test_provider_missing(self, told, tmp_path):
        """The line tells which one, and how to do without a network."""
        mirror = tmp_path / "mirror"
        mirror.mkdir()
        configuration = tmp_path / "terraform.rc"
        configuration.write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        )

        line = told(environment={"TF_CLI_CONFIG_FILE": str(configuration), "TF_PLUGIN_MIRROR_DIR": ""})

        assert "terraform init: " in line
        assert "hashicorp/aws" in line
        assert "TF_PLUGIN_MIRROR_DIR" in line


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """GIVEN two stages that come up at the same time, each on a terminal."""
    started = [
        Up(tmp_path_factory.mktemp(name), "--name", name, "--port", free_port())
        for name in ("watched", "early")
    ]
    yield started
    for one in started:
        one.close()


@needs_terraform
class TestEnded:
    """However it is ended, nothing is left."""

    @pytest.fixture
    def watched(self, pair):
        """GIVEN a stage that is up."""
        pair[0].wait_for("no load balancer")
        return pair[0]

    def left(self, up):
        """What is left of a stage."""
        return [*files(up.folder), *processes(up.folder), *cgroups(up.pid)]

    def test_sigterm_while_terraform_applies(self, pair):
        """It ends with Terraform, within seconds."""
        early = pair[1]
        early.wait_for("terraform apply")
        assert self.left(early)

        early.terminate()

        assert 0 == early.ended()
        assert [] == self.left(early)
        assert "Traceback" not in early.said
        assert "stage is down" in early.said

    def test_the_same_name_again(self, watched):
        """The second one is told where the first one is."""
        ended = run(watched.folder, "--name", "watched", "--port", free_port())

        assert 2 == ended.status
        (line,) = ended.stderr
        assert f"'watched' is already up (pid {watched.pid}, no load balancer)" in line

    def test_ctrl_c_and_ctrl_c_again(self, watched):
        """It stops every task, and those who go on pressing Ctrl-C do not keep it from doing so."""
        facts = watched.folder / f"stage-{os.getuid()}-watched.json"
        assert watched.pid == json.loads(facts.read_text())["pid"]
        assert 2 == len([one for one in processes(watched.folder) if "small_service" in one])

        status = watched.ended(pressing=CTRL_C)

        assert 0 == status
        assert [] == self.left(watched)
        assert "Traceback" not in watched.said
        assert "stopping every task" in watched.said
        assert "stage is down" in watched.said
