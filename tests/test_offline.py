"""The tests themselves: nothing gets out, nothing is kept."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import dspy
import pytest
from offline import OutsideError, is_inside


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("localhost", True), ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), (b"127.0.0.1", True),
        (None, True), ("10.0.0.1", False), ("example.org", False), (b"example.org", False), ("169.254.169.254", False),
    ],
)  # fmt: skip
def test_what_is_this_machine(host: object, inside: bool) -> None:
    assert is_inside(host) is inside


def test_a_socket_cannot_leave() -> None:
    with socket.socket() as tcp, pytest.raises(OutsideError):
        tcp.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as udp, pytest.raises(OutsideError):
        udp.sendto(b"x", ("192.0.2.1", 53))
    with pytest.raises(OutsideError):
        urllib.request.urlopen("http://example.org")


def test_loopback_and_local_sockets_are_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    os.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("s")
        server.listen()
        client.connect("s")


def test_a_started_python_cannot_leave_either(python: dict[str, str]) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"
    ended = subprocess.run([sys.executable, "-c", code], env=python, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "OutsideError" in ended.stderr


def test_there_is_no_key_and_no_home() -> None:
    assert not [name for name in os.environ if name.endswith("_API_KEY")]
    assert "ptmreuse-tests-" in str(Path.home())


@pytest.mark.parametrize("attempt", [1, 2])
def test_settings_of_one_test_are_gone_in_the_next(attempt: int) -> None:
    assert dspy.settings.lm is None, attempt
    dspy.configure(lm=dspy.LM("openai/x"))
