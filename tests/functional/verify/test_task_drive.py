"""Locust as tasks of ECS, run by the stage's own agent: nothing of Terraform, and nothing made up."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict

import pytest

from tests.functional.verify.accepting_server import AcceptingServer
from tests.functional.verify.load_account import KEY, LoadAccount
from tests.waiting import START, reached
from verify.errors import LoadError
from verify.plan import LoadPlan, Plateau
from verify.task_drive import TaskDrive

PLAN = LoadPlan((Plateau(300, 40),), workers=2)


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    """An account, and what its load goes to."""
    with (
        AcceptingServer() as server,
        LoadAccount(tmp_path_factory.mktemp("account")) as account,
    ):
        account.server = server
        yield account


def drive(account, plan=PLAN, lease_seconds=60.0):
    """A drive whose tasks start as fast as this machine lets them."""
    aws = account.aws
    return TaskDrive(
        aws.ecs,
        aws.ssm,
        aws.logs,
        account.generator,
        account.server.url,
        plan,
        task_seconds=START,
        lease_seconds=lease_seconds,
    )


def test_a_run_by_tasks_from_the_first_request_to_the_last(account):
    """Two workers send, follow a changed rate and lose count of nothing; all three end with exit code 0."""
    before = len(account.server.accepted)
    with drive(account) as running:
        raised_at = running.set_rate(80)
        assert reached(lambda: sum(one.started_at > raised_at for one in running.requests()) > 200, START)
        with pytest.raises(LoadError, match="a load runs already, of 3 tasks"), drive(account):
            pass
        generator = running.end()
        requests = running.requests()

    accepted = account.server.accepted[before:]
    assert 3 == len(running.arns)
    assert generator.sent == len(requests)
    assert sorted(accepted) == sorted(request.id for request in requests)
    assert {f"Bearer {KEY}"} == account.server.authorizations
    assert [] == account.running()


def test_a_worker_that_dies_ends_the_scenario(account):
    """The message has the reason that ECS gives; the other tasks are stopped."""
    with drive(account) as running:
        killed = next(task for task in account.agent.running() if task.task_arn == running.arns[2])
        os.kill(killed.pid, signal.SIGKILL)

        assert reached(lambda: len(account.running()) < 3, START)
        with pytest.raises(LoadError, match=r"Essential container in task exited \(exit code 137\)"):
            _until_it_is_told(running)
    assert [] == account.running()


def _until_it_is_told(running):
    """Ask for rates until ECS knows what has happened."""
    reached(lambda: running.set_rate(10) < 0, START)


def test_a_load_that_nobody_renews_ends_by_itself(account):
    """As after a broken connection: nobody is left to stop a task, and none goes on sending."""
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, json.dumps(asdict(account.generator)), account.server.url],
        env={**os.environ, **account.aws.environment()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert "3" == driver.stdout.readline().strip()
        assert 3 == len(account.running())
    finally:
        driver.kill()
        driver.communicate()

    assert reached(lambda: not account.running(), START)


def test_ctrl_c_leaves_no_task(account):
    """Whoever waits for the drive's own end finds the cluster empty."""
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, json.dumps(asdict(account.generator)), account.server.url],
        env={**os.environ, **account.aws.environment()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert "3" == driver.stdout.readline().strip()
    finally:
        driver.send_signal(signal.SIGINT)
        driver.communicate()

    assert [] == account.running()


DRIVER = """
import json, signal, sys
import boto3
from verify.load_tasks import LoadGenerator
from verify.plan import LoadPlan, Plateau
from verify.task_drive import TaskDrive

clients = [boto3.client(name) for name in ("ecs", "ssm", "logs")]
plan = LoadPlan((Plateau(600, 20),), workers=2)
generator = LoadGenerator(**json.loads(sys.argv[1]))
drive = TaskDrive(*clients, generator, sys.argv[2], plan, task_seconds=120, lease_seconds=6)
with drive:
    print(len(drive.arns), flush=True)
    signal.pause()
"""
