from moto import backends

from stage.control_plane.application import Services


def test_the_folders_of_moto_are_looked_up_once(monkeypatch):
    """No request reads the file system to find out whose it is."""
    listed, listing = [], backends.list_of_moto_modules
    monkeypatch.setattr(backends, "list_of_moto_modules", lambda: listed.append(1) or listing())
    services = Services()

    found = [services.get_backend_for_host("sqs") for _ in range(2)]

    assert ["sqs", "sqs"] == found
    assert [1] == listed
