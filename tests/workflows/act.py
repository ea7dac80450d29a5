"""Runs of the workflows on this machine, by act: without a container, and without a network.

https://nektosact.com
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.budget import budget
from tests.workflows.declared import ROOT, Workflows
from tests.workflows.github_api import REPOSITORY

HERE = Path(__file__).parent
STAND_INS = HERE / "actions"
"""A folder for each action of others, by the last part of its name."""
PROGRAMS = HERE / "programs"
"""Programs that GitHub's machines have, and that nothing here installs."""
_BIN = Path(sys.executable).parent
_USED = re.compile(r"uses: (([\w.-]+)/([\w.-]+)@[0-9a-f]{40})")
# Real seconds: a release takes two minutes, everything else less.
_RUN = budget(600.0)
# act has it by itself: it copies the repository.
_OWN = "actions/checkout@"


@dataclass(frozen=True)
class Ended:
    """A run that has ended.

    Attributes:
        results: "success" or "failure" of each job that ran, by its id.
        said: Lines of its steps, of all jobs.
        summary: What its steps wrote to GITHUB_STEP_SUMMARY.
    """

    results: Mapping[str, str]
    said: str
    summary: str


@dataclass
class Repository:
    """A copy of the working tree, as a run checks it out.

    Attributes:
        folder: Where it lies; a test may change it.
        variables: Variables of the repository.
        secrets: Its secrets.
        environment: Further environment of each step, for stand-ins.
    """

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def copied(cls, folder: Path) -> "Repository":
        """Copy all that git knows or would take, with what is not committed yet."""
        listed = _git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        _git(folder, "init", "--quiet", "--initial-branch=main")
        _git(folder, "remote", "add", "origin", f"https://github.com/{REPOSITORY}")
        _git(folder, "add", "--all")
        author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        _git(folder, *author, "commit", "--quiet", "--message=All of it")
        return cls(folder)

    def reach(self, environment: Mapping[str, str]) -> None:
        """Have whoever takes a role reach this AWS.

        Args:
            environment: Variables that say how.
        """
        file = self.folder.with_name("aws.json")
        file.write_text(json.dumps(dict(environment)))
        self.environment["STAND_IN_AWS"] = str(file)

    def run(
        self,
        workflow: str,
        event: str,
        payload: Mapping[str, Any],
        *,
        job: str | None = None,
        matrix: str | None = None,
    ) -> Ended:
        """Run a workflow to its end.

        Args:
            workflow: Name of its file, without its ending.
            event: Event that starts it.
            payload: Payload of the event, as GitHub sends it.
            job: The job that is wanted, with those that it needs; all by itself.
            matrix: The one cell of the matrix that is wanted, as NAME:VALUE.
        """
        scratch = self.folder.with_name(f"{self.folder.name}-{event}")
        scratch.mkdir(exist_ok=True)
        (scratch / "event.json").write_text(json.dumps(payload))
        wanted = [*(("--job", job) if job else ()), *(("--matrix", matrix) if matrix else ())]
        text = Workflows.read(self.folder / ".github").texts
        process = subprocess.Popen(
            [
                str(_BIN / "act"), event, "--json", "--pull=false", "--no-cache-server",
                "--workflows", f".github/workflows/{workflow}.yml",
                "--eventpath", str(scratch / "event.json"),
                "--platform", "ubuntu-24.04=-self-hosted", "--action-cache-path", str(scratch / "cache"),
                *wanted, *_replaced(text.values()),
                *_pairs("--var", self.variables), *_pairs("--env", self.environment),
                *(word for name in self.secrets for word in ("--secret", name)),
            ],
            cwd=self.folder,
            env=_environment(scratch) | self.secrets,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=_RUN)
        except BaseException:
            process.terminate()
            process.communicate()
            raise
        return _ended(said)


def _environment(scratch: Path) -> dict[str, str]:
    """Environment of a machine of GitHub's, with nothing of whoever runs the tests but their tools."""
    kept = ("HOME", "LANG", "BUDGET_FACTOR", "TF_PLUGIN_MIRROR_DIR", "TF_CLI_CONFIG_FILE")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PATH": os.pathsep.join([str(PROGRAMS), os.environ["PATH"]]),
        # Nothing is fetched: what the tests need is installed before.
        "PIP_NO_INDEX": "1",
        "TOX_SKIP_ENV_INSTALL": "1",
        # Docker is not asked for anything; without an address act would look for it.
        "DOCKER_HOST": "unix:///dev/null",
        # Environments of tox as they were made before, whatever is installed there.
        "TOX_WORK_DIR": str(ROOT / ".tox"),
        "STAND_IN_PYTHON": str(_BIN),
        "STAND_IN_ARTIFACTS": str(scratch / "artifacts"),
        "STAND_IN_REGISTRY": str(scratch / "registry"),
    }


def _replaced(texts: Any) -> Iterator[str]:
    """Our folder in the place of each action of others, at the commit that is named."""
    found = {match.groups() for text in texts for match in _USED.finditer(text)}
    for pin, _owner, name in sorted(found):
        if not pin.startswith(_OWN):
            yield from ("--local-repository", f"{pin}={STAND_INS / name}")


def _pairs(option: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        yield from (option, f"{name}={value}")


def _git(folder: Path, *words: str) -> str:
    git = shutil.which("git") or "git"
    return subprocess.run([git, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def _ended(text: str) -> Ended:
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    ends = [(one["jobID"], one["jobResult"]) for one in lines if "jobResult" in one]
    # A job of which one cell of the matrix fails has failed.
    results = dict(ends) | {job: result for job, result in ends if result != "success"}
    summary = "\n".join(
        one["content"] for one in lines if one.get("command") == "summary" and "content" in one
    )
    steps = [
        one["msg"] for one in lines if one.get("raw_output") or one.get("level") == "error" or "arg" in one
    ]
    return Ended(results, "".join(line if line.endswith("\n") else f"{line}\n" for line in steps), summary)
