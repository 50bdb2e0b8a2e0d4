"""Nothing in a test reaches beyond this machine: importing this module closes the way out for the process.

The tests' own process imports it in conftest.py; the processes that tests start import a copy as `sitecustomize`.
"""

import ipaddress
import sys
from typing import Any

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"})


class OutsideError(RuntimeError):
    """A test asked for a host that is not this machine."""


def is_inside(host: object) -> bool:
    """Whether a host is this machine: a loopback address, or the name of one."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _CONNECTING:
        return
    target = arguments[0] if event.startswith("socket.get") else arguments[1]
    if isinstance(target, (str, bytes)) and not event.startswith("socket.get"):
        return  # the path of a local socket
    host = target[0] if isinstance(target, tuple) else target
    if not is_inside(host):
        raise OutsideError(f"a test reached for {host!r}; give it a server on 127.0.0.1 or a scripted LM")


sys.addaudithook(_watch)
