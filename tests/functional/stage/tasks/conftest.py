"""A stage's surroundings for its tasks: emulated AWS, loopback addresses, a service to run."""

from datetime import UTC, datetime

import pytest

from stage.clock import Clock
from stage.images.working_tree import WorkingTree
from stage.tasks.loop import Agent
from tests.functional.stage.tasks.stand_ins import Credentials, Ecs, Images, Journal, Quota, Reporter, Routing
from tests.functional.stage.tasks.surroundings import PROGRAM, Surroundings
from tests.unit.stage.tasks.conftest import _clients, aws, ec2_of, group, make_group, moto_url
from tests.unit.stage.tasks.conftest import services_root as without_program

__all__ = ["_clients", "aws", "ec2_of", "group", "make_group", "moto_url", "without_program"]


@pytest.fixture
def journal():
    """What happens in a test."""
    return Journal()


@pytest.fixture
def quota(journal):
    """A quota that limits nothing."""
    return Quota(journal)


@pytest.fixture
def services_root(without_program):
    """A folder with one service that runs, built into the image `demo-app`."""
    (without_program / "demo_app" / "__main__.py").write_text(PROGRAM)
    return without_program


@pytest.fixture
def routing(journal):
    """A load balancer that notes what it is told."""
    return Routing(journal)


@pytest.fixture
def minute_seconds():
    """One AWS minute takes one second, unless a test says otherwise."""
    return 1.0


@pytest.fixture
def stage(aws, block, quota, services_root, tmp_path, routing, minute_seconds):
    """An agent in its surroundings."""
    journal = quota.journal
    aws.ecs = Ecs(journal)
    agent = Agent(
        aws,
        Reporter(journal),
        Clock(minute_seconds, datetime.now(UTC)),
        block,
        quota,
        images=Images(WorkingTree(services_root)),
        credentials=Credentials(),
        run_dir=tmp_path,
        cores_per_vcpu=0.2,
        routing=routing,
        ingested=lambda *_: None,
    )
    stage = Surroundings(aws, aws.ecs, agent, journal, block, tmp_path, services_root)
    stage.declare()
    yield stage
    agent.close()
