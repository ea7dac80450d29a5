"""AssumeRoleWithWebIdentity as AWS would answer it: by what the job is, and whom the role trusts.

Roles stand in the file STAND_IN_ROLES, and the stage's environment in the file STAND_IN_AWS.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def main() -> str | None:
    """Hand the stage's environment on to the steps that follow; gives the reason if the role is refused."""
    role = json.loads(Path(os.environ["STAND_IN_ROLES"]).read_text("utf-8")).get(os.environ["ROLE"])
    refused = list(_refusals(_job(), role))
    if refused:
        return f"::error::Not authorized to perform sts:AssumeRoleWithWebIdentity: {'; '.join(refused)}"
    given = json.loads(Path(os.environ["STAND_IN_AWS"]).read_text("utf-8"))
    given["AWS_ACCOUNT_ID"] = os.environ["ROLE"].split(":")[4]
    with Path(os.environ["GITHUB_ENV"]).open("a", encoding="utf-8") as environment:
        environment.writelines(f"{name}={value}\n" for name, value in given.items())
    return None


def _refusals(job: dict[str, Any], role: dict[str, Any] | None) -> Iterator[str]:
    if not os.environ["REGION"]:
        yield "no region is given"
    if job.get("permissions", {}).get("id-token") != "write":
        yield "the job may not ask for a token: it lacks id-token: write"
    if role is None:
        yield f"there is no role {os.environ['ROLE']!r}"
        return
    subject = _subject(job)
    if subject not in role["subjects"]:
        yield f"the role trusts {', '.join(role['subjects'])}, and the job is {subject}"
    if int(os.environ["SECONDS_WANTED"]) > role["seconds"]:
        yield f"the role gives credentials for {role['seconds']} s at most"


def _subject(job: dict[str, Any]) -> str:
    """Subject of the job's token, without the repository."""
    if "environment" in job:
        return f"environment:{job['environment']}"
    if os.environ["GITHUB_EVENT_NAME"] == "pull_request":
        return "pull_request"
    return f"ref:{os.environ['GITHUB_REF']}"


def _job() -> dict[str, Any]:
    """The job as its workflow declares it."""
    for file in Path(os.environ["GITHUB_WORKSPACE"], ".github", "workflows").glob("*.yml"):
        workflow = yaml.safe_load(file.read_text("utf-8"))
        if workflow["name"] == os.environ["GITHUB_WORKFLOW"]:
            return dict(workflow["jobs"][os.environ["GITHUB_JOB"]])
    raise SystemExit(f"no workflow is called {os.environ['GITHUB_WORKFLOW']}")


if __name__ == "__main__":
    sys.exit(main())
