"""Where a server listens, and uvicorn on it: answers at once, slow clients closed, addresses not logged."""

import logging
import resource
import socket

import uvicorn
from starlette.types import ASGIApp

from ptmreuse.errors import UsageError
from ptmreuse.serving.connections import Impatient

_BACKLOG = 1024  # connections that wait to be taken
_GRACE = 10  # seconds for what is under way when the server is stopped


def listening(host: str, port: int) -> socket.socket:
    """A socket at the host and port; port 0 takes a free one. Raises UsageError when it can't be had.

    Its connections send without delay. asyncio asks for that only where the protocol is told, which `create_server`
    does not, and the second packet of an answer would wait 40 ms for the client's word that it has the first.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        told = f"--host {host} --port {port}: can't listen there ({error.strerror})"
        raise UsageError(f"{told}; give another one") from error
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def address(host: str, listens: socket.socket) -> str:
    """The URL of what listens."""
    return f"http://{f'[{host}]' if ':' in host else host}:{listens.getsockname()[1]}"


def serve(app: ASGIApp, listens: socket.socket, head_seconds: float) -> None:
    """Serve until stopped; the head of a request may take `head_seconds`."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each connection is a file
    Impatient.head_seconds = head_seconds
    config = uvicorn.Config(
        app,
        http=Impatient,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=_GRACE,
    )
    try:
        uvicorn.Server(config).run([listens])
    except KeyboardInterrupt:
        return
