"""Record of a stage that is up: a file by which another process of the same person finds it."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from common.shared_files import write_whole
from stage.errors import NotUpError, StageError

# A process's start is computed from the machine's, which an adjustment of its clock moves a little.
_SAME_START_SECONDS = 2.0
_OWNER_ALONE = 0o600
_OTHERS_MAY_WRITE = 0o022


@dataclass(frozen=True)
class Access:
    """How another process reads and changes a stage that is up.

    Attributes:
        url: The load balancer's, or the reason why there is none.
        endpoint_url: Where every AWS service but SQS answers.
        sqs_endpoint_url: Where SQS answers.
        region: Region of the system.
        cluster: Name of the ECS cluster.
        block: N of the addresses 127.N.x.y that stand for network interfaces.
        smtp_address: The SMTP server's, as host:port.
        mail_log: JSON lines, one for each mail that reached the SMTP server.
        key_file: File that holds the API's key, for its owner alone; None if no API wants one.
        page: URL of the page to try the API with; None if there is no API.
        services: Folder with one folder a service, which the working tree's images are read from.
        images: Folder of the images that were built.
        terraform: Folder of the copy of the root module that is applied; None until what was restored is
            proven to be what is declared.
        deploy_role: ARN of the role that applies; empty where the account's administrator does.
        minute_seconds: Real seconds that an AWS minute takes.
        aws_time: An AWS time, as ISO 8601 has it.
        aws_time_unix: The same instant in real seconds since the Unix epoch.
    """

    url: str
    endpoint_url: str
    sqs_endpoint_url: str
    region: str
    cluster: str
    block: int
    smtp_address: str
    mail_log: str
    key_file: str | None
    page: str | None
    services: str
    images: str
    terraform: str | None
    deploy_role: str
    minute_seconds: float
    aws_time: str
    aws_time_unix: float


@dataclass(frozen=True)
class StageRecord:
    """One stage, and the process that holds it up.

    Attributes:
        name: What the person called the stage.
        pid: Its process.
        began: When that process began, in seconds since the Unix epoch: the id alone may be another's by now.
        access: How it is reached; None while it comes up.
    """

    name: str
    pid: int
    began: float
    access: Access | None = None

    def process(self) -> psutil.Process | None:
        """The process that holds the stage up; None once it has ended."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began) < _SAME_START_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def write(self, folder: Path | None = None) -> None:
        """Put the record where `find_stage` looks for it."""
        write_whole(record_path(self.name, folder), json.dumps(asdict(self)), _OWNER_ALONE)


def own_record(name: str, access: Access | None = None) -> StageRecord:
    """The record of a stage that this process holds up."""
    return StageRecord(name, os.getpid(), psutil.Process().create_time(), access)


def record_path(name: str, folder: Path | None = None) -> Path:
    """File of a stage's record; each person has their own.

    Args:
        name: What the person called the stage.
        folder: Folder of all records; by default the one for temporary files.

    Raises:
        StageError: The name cannot be a part of a file's name.
    """
    if not name.replace("-", "").isalnum():
        raise StageError(f"--name {name!r}: use letters, digits and dashes only")
    return (folder or Path(tempfile.gettempdir())) / f"stage-{os.getuid()}-{name}.json"


def read_record(name: str, folder: Path | None = None) -> StageRecord | None:
    """Record that a stage has left; None if there is nothing, or it is not to be trusted.

    A folder for temporary files is everybody's: what somebody else has put there is not believed.
    """
    try:
        with record_path(name, folder).open() as file:
            about = os.fstat(file.fileno())
            if about.st_uid != os.getuid() or about.st_mode & _OTHERS_MAY_WRITE:
                return None
            facts = json.load(file)
            access = facts.pop("access")
            return StageRecord(**facts, access=access and Access(**access))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def find_stage(name: str, folder: Path | None = None) -> StageRecord:
    """The stage of a name that runs now, whether it is up or coming up.

    Raises:
        NotUpError: None does; the message says how to bring one up, and which others there are.
    """
    record = read_record(name, folder)
    if record is not None and record.process() is not None:
        return record
    others = names_up(folder)
    raise NotUpError(
        f"no stage named {name!r} is up: "
        + (f"there is --name {', --name '.join(others)}" if others else "`make stage` brings one up")
    )


def names_up(folder: Path | None = None) -> list[str]:
    """Names of this person's stages that run now, in order."""
    base, prefix = folder or Path(tempfile.gettempdir()), f"stage-{os.getuid()}-"
    names = (path.stem.removeprefix(prefix) for path in sorted(base.glob(f"{prefix}*.json")))
    records = [read_record(name, folder) for name in names if name.replace("-", "").isalnum()]
    return [record.name for record in records if record is not None and record.process() is not None]
