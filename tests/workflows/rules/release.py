"""The way of an image: built once, scanned, tried in staging, and the same one in production."""

from collections.abc import Iterator

from ops.__main__ import parser
from tests.workflows.commands import commands
from tests.workflows.declared import Job, Workflows

_BUILD = "docker/build-push-action"
_SCAN = "aquasecurity/trivy-action"
_BAKE = ("bake_minutes", "weights", "poll_seconds")


def scanned(workflows: Workflows) -> Iterator[str]:
    """Each platform is scanned, and what is wrong with one ends the job before the image is made."""
    job = workflows.job("release", "images")
    *tried, made = [step.given for step in job.steps if step.action in {_BUILD, _SCAN}]
    if not str(made.get("outputs")).startswith("type=oci"):
        yield f"{job}: the last thing done is not the image"
    if not made.get("sbom") or not str(made.get("provenance", "false")).startswith("mode="):
        yield f"{job}: the image has no SBOM or no provenance"
    stops = {one["image-ref"] for one in tried if "image-ref" in one and one.get("exit-code") == "1"}
    sound = {one["platforms"] for one in tried if one.get("tags") in stops}
    for platform in sorted(set(str(made["platforms"]).split(",")) - sound):
        yield f"{job}: {platform} is not scanned, or nothing ends when the scan finds something"


def one_image(workflows: Workflows) -> Iterator[str]:
    """Production gets the archives that staging got, under the same tags, once staging is through."""
    staging, production = workflows.job("release", "staging"), workflows.job("release", "production")
    if production.data.get("needs") != "staging":
        yield f"{production}: does not wait for staging"
    if _pushed(staging) != _pushed(production):
        yield f"{production}: pushes other images than staging"
    names = {str(cell["service"]) for cell in workflows.job("release", "images").cells}
    if {f"{name}.tar" for name in names} != {archive for archive, _ in _pushed(staging)}:
        yield f"{staging}: does not push all images that are built"


def _pushed(job: Job) -> set[tuple[str, str]]:
    """Archive of each image that is pushed, and its repository and tag without the environment's name."""
    given = [step["with"] for step in job.data["steps"] if step.get("uses") == "./.github/actions/push-image"]
    own = f"/notifications-{job.data['environment']}/"
    return {(one["archive"], one["image"].replace(own, "/notifications/")) for one in given}


def baked_as_by_hand(workflows: Workflows) -> Iterator[str]:
    """What no variable says is as `python -m ops release` has it by itself."""
    by_hand = vars(parser().parse_args(["release", "--environment", "e", "--image-tag", "1"]))
    for command in commands(workflows):
        if "ops" in command.environments and command.arguments[:1] == ("release",):
            given = vars(parser().parse_args(list(command.arguments)))
            for name in _BAKE:
                if given[name] != by_hand[name]:
                    option = f"--{name.replace('_', '-')}"
                    yield f"{command.where}: {option} is {given[name]}, by hand {by_hand[name]}"
