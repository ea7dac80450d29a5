from pathlib import Path

import pytest

from verify.report import screenshot
from verify.report.screenshot import NO_BROWSER, NO_PAGE, SHOTS, main


@pytest.fixture
def page(tmp_path):
    """A page that is there."""
    path = tmp_path / "index.html"
    path.write_text("<!doctype html>")
    return path


def test_without_a_verdict_it_says_how_to_get_one(tmp_path, capsys):
    """Before it looks for a browser."""
    assert NO_PAGE == main([f"--page={tmp_path / 'index.html'}"])
    assert "run `make verify` first" in capsys.readouterr().err


def test_without_a_browser_it_says_what_to_install(page, tmp_path, capsys, monkeypatch):
    """No picture is lost by it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "report.png").write_text("the last one")

    assert NO_BROWSER == main([f"--page={page}", f"--folder={tmp_path}"])
    assert "install Chromium or Chrome" in capsys.readouterr().err
    assert "the last one" == (tmp_path / "report.png").read_text()


def test_a_browser_that_draws_nothing_is_an_error(page, tmp_path, capsys, monkeypatch):
    """An old picture does not pass for a new one, and is not lost either."""
    monkeypatch.setattr(screenshot, "browser", lambda: "chromium")
    monkeypatch.setattr(screenshot, "browse", lambda *_: "")
    (tmp_path / "report.png").write_text("the last one")

    assert 1 == main([f"--page={page}", f"--folder={tmp_path}"])
    assert "chromium drew no picture" in capsys.readouterr().err
    assert "the last one" == (tmp_path / "report.png").read_text()


def test_each_picture_is_drawn_at_its_size_and_in_its_colors(page, tmp_path, capsys, monkeypatch):
    """One for a screen in the light, one for a phone in the dark."""
    asked = []

    def browse(opened, *options):
        asked.append((opened, *options[1:]))
        Path(options[0].removeprefix("--screenshot=")).write_text("new")

    monkeypatch.setattr(screenshot, "browser", lambda: "chromium")
    monkeypatch.setattr(screenshot, "browse", browse)

    assert 0 == main([f"--page={page}", f"--folder={tmp_path}"])
    assert [
        (page, "--window-size=1180,1480", "--blink-settings=preferredColorScheme=1"),
        (page, "--window-size=390,1480", "--blink-settings=preferredColorScheme=0"),
    ] == asked
    assert [str(tmp_path / shot.name) for shot in SHOTS] == capsys.readouterr().out.split()
    assert {"new"} == {(tmp_path / shot.name).read_text() for shot in SHOTS}
