from pathlib import PurePosixPath

import pytest

from stage.images.context import Context
from stage.images.working_tree import WorkingTree
from tests.unit.stage.control_plane.conftest import client

__all__ = ["client"]

SERVICE = PurePosixPath("services/demo_app")
_DOCKERFILE = """FROM python AS packages
COPY requirements.txt /
FROM python
WORKDIR /app
COPY services/shared shared
COPY services/demo_app demo_app
ENV PORT=8080
CMD ["python", "-m", "demo_app"]
"""


@pytest.fixture
def tree(tmp_path):
    """GIVEN a working tree with a service, what it shares with others, and files that no image has."""
    root = tmp_path / "tree"
    for path, text in {
        "services/demo_app/Dockerfile": _DOCKERFILE,
        "services/demo_app/__init__.py": "",
        "services/demo_app/__main__.py": "print('1.0.0')",
        "services/demo_app/templates/hello.txt": "Hello",
        "services/demo_app/__pycache__/app.pyc": "compiled",
        "services/shared/__init__.py": "shared = 'tree'",
        ".dockerignore": "# What no image needs.\n*\n!services\n**/Dockerfile\n",
    }.items():
        write(root / path, text)
    return WorkingTree(root / "services")


@pytest.fixture
def changed(tree, tmp_path):
    """GIVEN a changed copy of the service in another folder of another name."""
    folder = tmp_path / "changed" / "version-1.1"
    for path in (tree.root / SERVICE).rglob("*.*"):
        if path.suffix != ".pyc":
            write(folder / path.relative_to(tree.root / SERVICE), path.read_text())
    write(folder / "Dockerfile", _DOCKERFILE)
    write(folder / "__main__.py", "print('1.1.0')")
    return folder


@pytest.fixture
def context(tree):
    """GIVEN the context of the service as the working tree has it."""
    return Context(tree.root, SERVICE, tree.root / SERVICE)


@pytest.fixture
def ecr(client):
    """GIVEN an ECR with the service's repository, in which tags do not change."""
    made = client("ecr")
    made.create_repository(repositoryName="shop/demo-app", imageTagMutability="IMMUTABLE")
    return made


def write(path, text):
    """Write a file and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
