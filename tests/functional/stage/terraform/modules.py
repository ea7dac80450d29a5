"""Root modules that need no provider but Terraform's own, so that nothing is downloaded."""

import shutil
from pathlib import Path

import pytest

needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not installed")


def a_module(folder: Path, text: str) -> Path:
    """A new folder with a module of this text."""
    folder.mkdir()
    (folder / "main.tf").write_text(text)
    return folder
