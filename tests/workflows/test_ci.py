"""Runs of ci.yml."""

PULL_REQUEST = {
    "number": 7,
    "pull_request": {"number": 7, "head": {"repo": {"full_name": "example/notifications"}}},
}
FORK = {"number": 7, "pull_request": {"number": 7, "head": {"repo": {"full_name": "somebody/notifications"}}}}


def test_a_layer(repository, environments_of_tox):
    """A push has it run by tox, as on a laptop."""
    environments_of_tox("lint")

    ended = repository.run("ci", "push", {"ref": "refs/heads/main"}, job="layer", matrix="layer:lint")

    assert {"layer": "success"} == ended.results, ended.said
    assert "All checks passed!" in ended.said


def test_a_layer_that_fails(repository, environments_of_tox):
    """Its job fails."""
    environments_of_tox("lint")
    (repository.folder / "ops" / "wrong.py").write_text("import os\n")

    ended = repository.run("ci", "push", {"ref": "refs/heads/main"}, job="layer", matrix="layer:lint")

    assert {"layer": "failure"} == ended.results
    assert "ops/wrong.py" in ended.said


def test_a_forks_pull_request_is_told_why_it_has_no_plan(repository):
    """It has no token, so nothing tries to take a role."""
    ended = repository.run("ci", "pull_request", FORK, job="fork")

    assert {"fork": "success"} == ended.results, ended.said
    assert ended.summary.startswith("There is no plan here: GitHub gives the pull request of a fork no token")


def test_a_forks_pull_request_is_not_reviewed(repository):
    """The job is skipped, not failed."""
    ended = repository.run("ci", "pull_request", FORK, job="review")

    assert {} == ended.results, ended.said
