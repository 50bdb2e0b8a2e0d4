"""Where a server listens."""

import socket

import pytest

from ptmreuse.errors import UsageError
from ptmreuse.serving.listening import address, listening


def test_what_it_accepts_sends_without_delay() -> None:
    with listening("127.0.0.1", 0) as listens, socket.create_connection(listens.getsockname()):
        taken, _ = listens.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken() -> None:
    with listening("127.0.0.1", 0) as listens, pytest.raises(UsageError, match="can't listen there"):
        listening("127.0.0.1", listens.getsockname()[1])


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_its_address(host: str, shown: str) -> None:
    with listening("127.0.0.1", 0) as listens:
        assert address(host, listens) == f"http://{shown}:{listens.getsockname()[1]}"
