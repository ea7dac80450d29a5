"""Program: `python -m verify.report.screenshot`: pictures of the last verdict's page for README.md.

The exit status is 66 (EX_NOINPUT of sysexits.h) without a page, 69 (EX_UNAVAILABLE) without a browser.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verify.errors import LoadError

NO_PAGE, NO_BROWSER = 66, 69

_ROOT = Path(__file__).parents[2]
_PAGE = _ROOT / "reports" / "verify" / "index.html"
_FOLDER = _ROOT / "docs"
_PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chrome-headless-shell",
)
# A browser starts in two seconds; many at once on a busy machine take longer.
_BUDGET_SECONDS = 180.0


@dataclass(frozen=True)
class Shot:
    """A picture to take.

    Attributes:
        name: Name of its file.
        width: Pixels of the window.
        height: The same.
        dark: Whether the reader prefers dark pages.
    """

    name: str
    width: int
    height: int
    dark: bool = False


SHOTS = (Shot("report.png", 1180, 1480), Shot("report-phone.png", 390, 1480, dark=True))


class NoBrowserError(LoadError):
    """No browser that draws without a screen is installed."""


def browser() -> str:
    """Path of a Chromium or Chrome.

    Raises:
        NoBrowserError: PATH has none.
    """
    for program in _PROGRAMS:
        if (path := shutil.which(program)) is not None:
            return path
    raise NoBrowserError(
        f"no browser on PATH: install Chromium or Chrome, or put one there as {', '.join(_PROGRAMS[:-1])} "
        f"or {_PROGRAMS[-1]}"
    )


def browse(page: Path, *options: str) -> str:
    """Open a page in a browser without a screen; returns what it prints.

    Args:
        page: File to open.
        options: Further options of Chromium's, such as `--dump-dom`.

    Raises:
        LoadError: There is no browser, or it does not open the page.
    """
    program = browser()
    with tempfile.TemporaryDirectory(prefix="browser-") as profile:
        command = [
            program,
            "--headless",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            # Its sandbox refuses to work for root, as which containers build.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            *options,
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - a browser that was looked up
                command, capture_output=True, text=True, timeout=_BUDGET_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise LoadError(f"{program} did not open {page} within {_BUDGET_SECONDS:.0f} s") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise LoadError(f"{program} ended with {done.returncode}: {last}")
    return done.stdout


def take(page: Path, folder: Path, shots: Sequence[Shot] = SHOTS) -> list[Path]:
    """Take pictures of a page; returns their files.

    Raises:
        LoadError: There is no browser, or a picture is not there afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="screenshot-") as drawn:
        for shot in shots:
            path = Path(drawn) / shot.name
            browse(
                page,
                f"--screenshot={path}",
                f"--window-size={shot.width},{shot.height}",
                # Of Blink's preferred colour schemes, 0 is dark and 1 light.
                f"--blink-settings=preferredColorScheme={0 if shot.dark else 1}",
            )
            if not path.exists():
                raise LoadError(f"{browser()} drew no picture of {page}: open it by hand")
        # All or none, so that those in a document belong together.
        return [Path(shutil.copy(Path(drawn) / shot.name, folder)) for shot in shots]


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; returns the process's exit status."""
    parser = argparse.ArgumentParser(prog="python -m verify.report.screenshot", description=__doc__)
    parser.add_argument(
        "--page", type=Path, default=_PAGE, help="page of a verdict (reports/verify/index.html)"
    )
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="where the pictures go (docs)")
    options = parser.parse_args(arguments)
    if not options.page.exists():
        sys.stderr.write(f"screenshot: {options.page} is not there: run `make verify` first\n")
        return NO_PAGE
    try:
        taken = take(options.page, options.folder)
    except LoadError as error:
        sys.stderr.write(f"screenshot: {error}\n")
        return NO_BROWSER if isinstance(error, NoBrowserError) else 1
    sys.stdout.writelines(f"{path}\n" for path in taken)
    return 0


if __name__ == "__main__":
    sys.exit(main())
