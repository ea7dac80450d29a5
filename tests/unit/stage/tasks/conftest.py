"""Emulated AWS for a stage's tasks."""

import urllib.request

import boto3
import pytest
from moto.server import ThreadedMotoServer

from stage.control_plane.aws import Aws


@pytest.fixture(scope="session")
def moto_url():
    """Where moto answers, for all tests of a session."""
    with pytest.MonkeyPatch.context() as patch:
        # Thousands of machine images would be read again for every test.
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


@pytest.fixture(scope="session")
def _clients(moto_url):
    # boto3 takes longer to make clients than moto to answer them.
    return Aws(moto_url, moto_url, "eu-central-1")


@pytest.fixture
def aws(_clients):
    """Clients for an empty moto."""
    reset = urllib.request.Request(f"{_clients.endpoint_url}/moto-api/reset", method="POST")
    with urllib.request.urlopen(reset):
        return _clients


@pytest.fixture(scope="session")
def ec2_of():
    """Makes an EC2 client for an emulated AWS: subnets are none of the stage's business."""

    def make(aws):
        return boto3.client(
            "ec2",
            endpoint_url=aws.endpoint_url,
            region_name=aws.region,
            aws_access_key_id="stage",
            aws_secret_access_key="stage",
        )

    return make


@pytest.fixture
def make_group(aws, ec2_of):
    """Makes a target group of that name with default attributes; gives its ARN."""
    vpc = ec2_of(aws).create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]

    def make(name):
        answer = aws.elbv2.create_target_group(
            Name=name, Protocol="HTTP", Port=80, TargetType="ip", VpcId=vpc
        )
        return answer["TargetGroups"][0]["TargetGroupArn"]

    return make


@pytest.fixture
def group(aws, make_group):
    """ARN of a target group that lets targets go after 15 s."""
    arn = make_group("web")
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "15"}
    aws.elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[delay])
    return arn


@pytest.fixture
def services_root(tmp_path):
    """A folder with one service, built into the image `demo-app`."""
    root = tmp_path / "services"
    folder = root / "demo_app"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(
        "FROM python:3.11-slim\nENV PATH=/opt/bin:$PATH COLOUR=blue\n"
        'ENTRYPOINT ["python", "-m", "demo_app"]\n'
    )
    (folder / "__init__.py").touch()
    return root
