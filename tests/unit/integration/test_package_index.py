import pytest

from tests.integration.package_index import build_secrets, ca_bundle, pip_configuration


def test_nothing_is_said_where_nothing_is_set():
    """On a machine like any other pip does what it does everywhere."""
    with build_secrets({}) as arguments:
        assert [] == arguments


def test_the_index_and_its_options_go_into_pip_conf():
    """Each variable of pip's that the machine sets becomes the option of the same meaning."""
    environ = {"PIP_INDEX_URL": "https://index.example/simple", "PIP_DEFAULT_TIMEOUT": "60"}

    assert "[global]\nindex-url = https://index.example/simple\ntimeout = 60\n" == pip_configuration(environ)


@pytest.mark.parametrize("name", ["PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_certificates_are_handed_over_and_named_by_their_place_in_the_build(name, tmp_path):
    """Inside a build pip looks where the bundle is mounted, not where it lies on this machine."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("certificates")
    environ = {name: str(bundle)}

    assert bundle == ca_bundle(environ)
    assert "[global]\ncert = /run/secrets/ca_bundle\n" == pip_configuration(environ)
    with build_secrets(environ) as arguments:
        assert f"id=ca_bundle,src={bundle}" in arguments


def test_a_bundle_that_is_not_there_is_none(tmp_path):
    """A variable that names no file changes nothing."""
    assert "" == pip_configuration({"PIP_CERT": str(tmp_path / "missing.pem")})


def test_pips_settings_are_gone_after_the_build(tmp_path):
    """An index URL may hold a password: the file is for its owner alone, and only for a while."""
    with build_secrets({"PIP_INDEX_URL": "https://user:password@index.example"}) as arguments:
        path = arguments[1].partition("src=")[2]
        with open(path, encoding="utf-8") as configuration:  # noqa: PTH123 - the argument is a text
            assert "password" in configuration.read()

    with pytest.raises(FileNotFoundError):
        open(path, encoding="utf-8")  # noqa: PTH123, SIM115 - it must not be there
