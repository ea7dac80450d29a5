"""Loopback addresses that stand in for elastic network interfaces."""

import errno
import os
import socket
from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

from stage.errors import StageError

# 127.0.x.y is left to the machine's own services; 127.255.x.y holds the broadcast address.
_BLOCKS = range(1, 255)
# Nobody connects to this port: holding it is what makes a block ours, and the kernel releases it
# for us however the process ends.
_CLAIM_PORT = 49151


class LoopbackBlock:
    """An exclusive 127.N.0.0/16, so that two stages on one machine never meet.

    A task's ENI 10.20.1.17 is reachable at 127.N.1.17: the last two octets are the subnet's own.
    That needs a VPC no larger than /16, which is also the largest AWS allows
    (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
    """

    def __init__(self, wanted: int | None = None) -> None:
        """Take a block.

        Args:
            wanted: Its number, 1 to 254; None takes any that is free.

        Raises:
            StageError: Somebody has it, or all of them; or this machine has none.
        """
        start = os.getpid() % len(_BLOCKS)
        numbers = [_BLOCKS[(start + step) % len(_BLOCKS)] for step in range(len(_BLOCKS))]
        for number in numbers if wanted is None else [wanted]:
            claim = _claim(number)
            if claim is not None:
                self.number = number
                self._claim = claim
                return
        if wanted is not None:
            raise StageError(f"loopback block 127.{wanted}.0.0/16 is taken: another stage has it")
        raise StageError("all 254 loopback blocks are taken: stop another stage first")

    def of(self, eni_address: str) -> str:
        """The loopback address that stands for a task's private IPv4 address."""
        return loopback_of(self.number, eni_address)

    @property
    def gateway(self) -> str:
        """Address for what is not a task: control plane, load balancer, mail server.

        AWS keeps a subnet's first four addresses, so no ENI ever has it
        (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
        """
        return f"127.{self.number}.0.1"

    def free_port(self, address: str | None = None) -> int:
        """A TCP port that nobody listens on at `address` (default: the gateway)."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((address or self.gateway, 0))
            return int(probe.getsockname()[1])

    def release(self) -> None:
        """Let another stage have the block."""
        self._claim.close()


def loopback_of(block: int, eni_address: str) -> str:
    """The address within 127.`block`.0.0/16 that stands for a task's private IPv4 address."""
    octets = str(IPv4Address(eni_address)).split(".")
    return str(ip_address(f"127.{block}.{octets[2]}.{octets[3]}"))


def block_of(url: str) -> int:
    """N of a URL's address 127.N.x.y, which says whose block it is in."""
    return IPv4Address(urlsplit(url).hostname or "").packed[1]


def _claim(number: int) -> socket.socket | None:
    """The socket that makes a block ours; None if somebody has it."""
    claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        claim.bind((f"127.{number}.255.254", _CLAIM_PORT))
    except OSError as error:
        claim.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise StageError(
            f"cannot bind 127.{number}.255.254 ({error.strerror}): the stage needs the whole "
            "127.0.0.0/8 on the loopback interface; on macOS add addresses with "
            "`ifconfig lo0 alias`"
        ) from error
    return claim


def why_not_free(address: tuple[str, int]) -> str | None:
    """Why nothing can listen on a TCP address, in the system's words; None if something can."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A connection that has just ended must not look like a listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return error.strerror
    return None
