"""What pip is told inside a build of how this machine reaches its package index."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

# Where the Dockerfiles mount them.
_BUNDLE_IN_THE_BUILD = "/run/secrets/ca_bundle"
_BUNDLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_OPTIONS = {
    "PIP_INDEX_URL": "index-url",
    "PIP_EXTRA_INDEX_URL": "extra-index-url",
    "PIP_TRUSTED_HOST": "trusted-host",
    "PIP_PROXY": "proxy",
    "PIP_DEFAULT_TIMEOUT": "timeout",
    "PIP_RETRIES": "retries",
}


@contextmanager
def build_secrets(environ: Mapping[str, str] = os.environ) -> Iterator[list[str]]:
    """Arguments for `docker build` that hand pip's settings over as secrets, which no layer keeps.

    Nothing is handed over where nothing is set: pip then does what it does everywhere.
    """
    with TemporaryDirectory(prefix="pip-") as folder:
        configuration, bundle = pip_configuration(environ), ca_bundle(environ)
        arguments = []
        if configuration:
            path = Path(folder) / "pip.conf"
            path.write_text(configuration, encoding="utf-8")
            path.chmod(0o600)
            arguments += ["--secret", f"id=pip_conf,src={path}"]
        if bundle is not None:
            arguments += ["--secret", f"id=ca_bundle,src={bundle}"]
        yield arguments


def pip_configuration(environ: Mapping[str, str]) -> str:
    """pip.conf with what the environment says; empty if it says nothing."""
    options = {option: environ[name] for name, option in _OPTIONS.items() if environ.get(name)}
    if ca_bundle(environ) is not None:
        options["cert"] = _BUNDLE_IN_THE_BUILD
    if not options:
        return ""
    return "[global]\n" + "".join(f"{option} = {value}\n" for option, value in options.items())


def ca_bundle(environ: Mapping[str, str]) -> Path | None:
    """The file with the certificates that this machine trusts, if it is told to use one of its own."""
    named = (Path(environ[name]) for name in _BUNDLES if environ.get(name))
    return next((path.resolve() for path in named if path.is_file()), None)
