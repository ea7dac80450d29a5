"""A certificate for the mail server, which the Email Sender checks as it does everywhere."""

import ssl
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common.shared_files import write_whole


def write_certificate(host: str, server: Path, trusted: Path) -> None:
    """Make a certificate that vouches for itself, valid for a day.

    Args:
        host: Name or IP address that clients connect to.
        server: Takes the certificate and its key.
        trusted: Takes the certificate alone, for those who are to trust it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_whole(trusted, public)
    write_whole(server, public + private)


@cache
def untrusted() -> ssl.SSLContext:
    """TLS of a server with a certificate for another name, which vouches for itself: nobody trusts it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.TemporaryDirectory(prefix="certificate-") as folder:
        server = Path(folder, "server.pem")
        write_certificate("elsewhere.invalid", server, Path(folder, "trusted.pem"))
        context.load_cert_chain(server)
    return context


def _general_name(host: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(host))
    return x509.DNSName(host)
