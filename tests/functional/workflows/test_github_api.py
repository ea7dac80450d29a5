"""GitHub's stand-in as a process of its own."""

import json
import subprocess
import sys

import httpx

from tests.waiting import START
from tests.workflows.github_api import REPOSITORY, TOKEN

GIVEN = {
    "number": 7,
    "title": "Given",
    "body": "",
    "state": "open",
    "state_reason": None,
    "labels": [],
    "user": "somebody",
    "pull_request": True,
}


def test_a_process_keeps_what_there_is_in_a_file(tmp_path):
    """Another process puts things there before it begins, and reads what has become of them."""
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"issues": [GIVEN]}))
    command = [sys.executable, "-m", "tests.workflows.github_api", "--port", "0", "--state", str(state)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        comments = f"{process.stdout.readline().strip()}/repos/{REPOSITORY}/issues/7/comments"
        said = httpx.post(comments, json={"body": "said"}, headers={"Authorization": f"Bearer {TOKEN}"})
    finally:
        process.terminate()
        process.wait(START)
        process.stdout.close()

    assert (201, 0) == (said.status_code, process.returncode)
    kept = json.loads(state.read_text())
    assert [GIVEN] == kept["issues"]
    assert [(7, "said")] == [(one["issue"], one["body"]) for one in kept["comments"]]
