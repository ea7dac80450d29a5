def test_the_key_is_behind_the_hash(up, told, folder):
    """No browser sends that to a server, so no log has it."""
    key_file = folder / "api-key"
    key_file.write_text("stage.a/b")
    up(page="http://127.0.0.1:4321/", key_file=str(key_file))

    assert {"url": "http://127.0.0.1:4321/#key=stage.a%2Fb", "opened": False} == told("open")


def test_no_browser_is_opened_from_a_pipe(up, call, folder, monkeypatch):
    """A script wants the URL."""
    key_file = folder / "api-key"
    key_file.write_text("stage.0")
    up(page="http://127.0.0.1:4321/", key_file=str(key_file))
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)

    assert "http://127.0.0.1:4321/#key=stage.0\n" == call("open").out
    assert [] == opened


def test_a_stage_without_an_api(up, call):
    """There is no page, and one line says why."""
    up(url="no load balancer")

    said = call("open")

    assert (2, "stage: this stage has no API that wants a key: no load balancer\n") == (said.status, said.err)
