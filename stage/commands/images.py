"""`images`: the images in ECR, and how one is built of a service or a changed copy of it."""

import argparse
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output, Running, columns, running
from stage.images.build import build_image
from stage.images.registry import TaggedImage, tagged_images
from stage.images.store import ImageStore
from stage.images.working_tree import WorkingTree

_SHORT_DIGEST = len("sha256:") + 12


def add(commands: Subcommands) -> None:
    """Declare the command and the one within it."""
    parser = command(commands, "images", "Show the images in ECR, or build one.")
    parser.set_defaults(run=show)
    description = "Build an image of a service as its folder is now, and put it into ECR."
    build = command(parser.add_subparsers(metavar="build"), "build", description, within=True)
    build.add_argument("image", metavar="IMAGE", help="repository and tag, such as notification-api:1.1.0")
    build.add_argument(
        "--from",
        dest="source",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="the service's folder, such as services/notification_api, or a changed copy of it",
    )
    build.set_defaults(run=run_build)


def show(options: argparse.Namespace) -> None:
    """Show the images by repository, in the order in which they were put there."""
    with running(options.name) as stage:
        found = tagged_images(stage.aws.ecr)
    heading = ("repository", "tag", "digest", "put into ECR", "built from")
    rows = [
        (
            one.repository,
            one.tag,
            one.digest[:_SHORT_DIGEST],
            f"{one.pushed_at.astimezone():%H:%M:%S}",
            _source(stage, one) or "",
        )
        for one in found
    ]
    table = Table(*heading)
    for row in rows:
        table.add_row(*row)
    data = [asdict(one) | {"source": _source(stage, one)} for one in found]
    Output(options).document(data, table, columns([heading, *rows]))


def run_build(options: argparse.Namespace) -> None:
    """Build an image, and say whether it is new."""
    with running(options.name) as stage:
        tree = WorkingTree(Path(stage.access.services))
        built = build_image(stage.aws.ecr, _store(stage), tree, options.image, options.source)
    said = f"{built.repository}:{built.tag}"
    text = f"built {said}" if built.new else f"{said} is there already, with the same content"
    text = f"{text} ({built.digest[:_SHORT_DIGEST]})"
    data = asdict(built) | {"source": str(built.source), "copied": [str(path) for path in built.copied]}
    Output(options).document(data, text, text)


def _source(stage: Running, image: TaggedImage) -> str | None:
    source = _store(stage).source(image.repository, image.digest, image.tag)
    return None if source is None else str(source)


def _store(stage: Running) -> ImageStore:
    return ImageStore(Path(stage.access.images))
