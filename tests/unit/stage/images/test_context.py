import pytest

from stage.errors import StageError
from stage.images.context import Context
from stage.images.working_tree import WorkingTree
from tests.unit.documents import ROOT
from tests.unit.stage.images.conftest import SERVICE, write


def names(context):
    """Paths of the image's files."""
    return {str(name) for name in context.files()}


def text(context, name):
    """Content of a file of the image."""
    return {str(target): path for target, path in context.files().items()}[name].read_text()


def test_what_the_dockerfile_copies_is_in_the_image(context):
    """Where the Dockerfile says, without what is ignored and what Python has compiled here."""
    expected = {
        "/app/demo_app/__init__.py",
        "/app/demo_app/__main__.py",
        "/app/demo_app/templates/hello.txt",
        "/app/shared/__init__.py",
    }

    assert expected == names(context)


@pytest.mark.parametrize(
    ("repository", "packages"),
    [
        ("notification-api", {"notification_api", "shared"}),
        ("email-sender", {"email_sender", "shared"}),
        ("load-generator", {"load_generator", "verify", "common", "tests"}),
    ],
)
def test_our_own_images_have_their_packages_and_nothing_else(repository, packages):
    """As their Dockerfiles and the ignore files beside them say."""
    tree = WorkingTree(ROOT / "services")
    service = tree.folder_of(repository)

    files = Context(tree.root, service, tree.root / service).files()

    assert {f"/app/{package}" for package in packages} == {"/".join(path.parts[:3])[1:] for path in files}
    assert [] == [path for path in files if path.name == "Dockerfile" or path.suffix == ".pyc"]
    assert f"/app/{service.name}/__main__.py" in {str(path) for path in files}


def test_a_changed_copy_stands_for_the_service_alone(tree, changed):
    """Whatever its name is; what is shared comes from the working tree."""
    context = Context(tree.root, SERVICE, changed)

    assert "print('1.1.0')" == text(context, "/app/demo_app/__main__.py")
    assert "shared = 'tree'" == text(context, "/app/shared/__init__.py")
    assert {"services/shared": tree.root / "services/shared", "services/demo_app": changed} == {
        str(source): place for source, place in context.folders().items()
    }


def test_what_lies_beside_a_changed_copy_wins(tree, changed):
    """A change may be one of what the services share."""
    write(changed.parent / "shared" / "__init__.py", "shared = 'changed'")

    assert "shared = 'changed'" == text(Context(tree.root, SERVICE, changed), "/app/shared/__init__.py")


def test_what_is_no_sibling_comes_from_the_working_tree(tree, changed):
    """A folder of the same name above the copy has nothing to do with it."""
    write(tree.root / "data" / "a.txt", "tree")
    write(changed.parent / "data" / "a.txt", "stranger")
    write(changed / "Dockerfile", "FROM python\nCOPY data /data\n")
    write(tree.root / ".dockerignore", "")

    assert "tree" == text(Context(tree.root, SERVICE, changed), "/data/a.txt")


def test_a_dockerfile_s_own_ignore_file_wins(context, tree):
    """As Docker has it."""
    write(tree.root / SERVICE / "Dockerfile.dockerignore", "**/*.txt\n")

    assert {"/app/demo_app/Dockerfile", "/app/demo_app/Dockerfile.dockerignore"} <= names(context)
    assert "/app/demo_app/templates/hello.txt" not in names(context)


@pytest.mark.parametrize(
    ("line", "name"),
    [("COPY a.txt b.txt", "/b.txt"), ("COPY a.txt b/", "/b/a.txt"), ("COPY a.txt a.txt dir", "/dir/a.txt")],
)
def test_a_file_is_copied_in_place_of_the_destination_or_into_it(tree, changed, line, name):
    """A slash at the end, or several files, make it a folder."""
    write(tree.root / "a.txt", "a")
    write(changed / "Dockerfile", f"FROM python\n{line}\n")

    assert {name} == names(Context(tree.root, SERVICE, changed))


@pytest.mark.parametrize("missing", ["Dockerfile", "services/lost"])
def test_what_is_missing_is_named(tree, changed, missing):
    """With what to do."""
    if missing == "Dockerfile":
        (changed / "Dockerfile").unlink()
        told = (
            f"{changed}/Dockerfile cannot be read .*: name a service's folder, such as .*/services/demo_app"
        )
    else:
        write(changed / "Dockerfile", f"FROM python\nCOPY {missing} lost\n")
        told = f"{changed}/Dockerfile copies services/lost, which is not at .*/services/lost: add it"

    with pytest.raises(StageError, match=told):
        Context(tree.root, SERVICE, changed).files()
