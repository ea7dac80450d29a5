"""Versions of the services, written from this repository's own."""

import ast
from pathlib import Path

import pytest

from verify import versions
from verify.errors import LoadError
from verify.versions import Defect, write_version

SERVICES = Path(__file__).resolve().parents[3] / "services"
FAULTS = {name: fault for name, fault in vars(versions).items() if isinstance(fault, Defect)}


def test_a_good_version_is_the_services_as_they_are(tmp_path):
    """But for its tag, without which its image would be the one that is there already."""
    copies = write_version(SERVICES, tmp_path, "1.1.0")

    assert {"notification-api", "email-sender"} == set(copies)
    for copy in copies.values():
        original = SERVICES / copy.name
        differ = [
            file.relative_to(copy)
            for file in copy.rglob("*")
            if file.is_file() and file.read_bytes() != (original / file.relative_to(copy)).read_bytes()
        ]
        assert [Path("__init__.py")] == differ
        assert "# Version 1.1.0" in (copy / "__init__.py").read_text()
        assert [] == list(copy.rglob("__pycache__"))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_written_into_the_service(tmp_path, name):
    """It is Python still, and one file differs."""
    fault = FAULTS[name]
    write_version(SERVICES, tmp_path, "1.2.0", fault)

    text = (tmp_path / "1.2.0" / fault.file).read_text()
    assert fault.before + fault.written in text
    ast.parse(text)


def test_a_service_that_has_changed_is_no_silent_good_version(tmp_path):
    """The message names the file of the faults."""
    with pytest.raises(
        LoadError, match=r"routes.py lacks the line 'no such line': change verify/versions.py"
    ):
        write_version(
            SERVICES, tmp_path, "1.2.0", Defect("x", "notification_api/routes.py", "no such line\n", "y")
        )
