"""What hostile or broken clients do to a service, and how soon `/healthz` answers meanwhile; part of `service`."""

import asyncio
import io
import time
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import httpx

SLOW = 200  # connections that drip
PARALLEL = 1_000  # posts at once
PAUSE = 0.02  # seconds between two looks at /healthz
LEAST = 10  # looks
_TEXT = b"# Leaves\n\n## Methods\n\nWe fine-tuned ResNet-50 on photographs of leaves.\n"
_LAUGHS = b'<!DOCTYPE article [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
_DEEP = b"<article>" + b"<p>" * 500_000

Statuses = Counter[str]


async def abuse(base: str) -> None:
    """Each kind alone, with what /healthz took during it."""
    kinds: dict[str, Callable[[str], Awaitable[Statuses]]] = {
        "nothing": _nothing,
        f"{SLOW} slow-loris connections": _slow,
        "oversized bodies": _oversized,
        f"{PARALLEL:,} parallel posts": _parallel,
        "zip and XML bombs": _bombs,
        "wrong types and broken forms": _wrong,
    }
    for name, act in kinds.items():
        ours, theirs = Pipe()
        watching = get_context("spawn").Process(target=_watch, args=(base, theirs))
        watching.start()
        await asyncio.to_thread(ours.recv)
        statuses = await act(base)
        ours.send("end")
        seconds = await asyncio.to_thread(ours.recv)
        watching.join()
        told = ", ".join(f"{status} × {n:,}" for status, n in sorted(statuses.items()))
        p50, p99, worst = (percentile(seconds, percent) for percent in (50, 99, 100))
        print(f"  {name}: /healthz p50 {p50}, p99 {p99}, worst {worst}, asked {len(seconds)} times; {told}", flush=True)


def percentile(seconds: Sequence[float], percent: int) -> str:
    """One of seconds, in milliseconds, for people."""
    inorder = sorted(seconds)
    return f"{inorder[min(len(inorder) - 1, len(inorder) * percent // 100)] * 1000:,.1f} ms"


def _watch(base: str, told: "Connection[str | list[float], str]") -> None:
    """Seconds of each look at /healthz, on a kept connection, in a process that has nothing else to do."""
    taken: list[float] = []
    with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
        client.get("/healthz")
        told.send("begun")
        while not told.poll(PAUSE) or len(taken) < LEAST:
            began = time.perf_counter()
            client.get("/healthz").raise_for_status()
            taken.append(time.perf_counter() - began)
    told.send(taken)


async def _nothing(_: str) -> Statuses:
    await asyncio.sleep(3)
    return Counter()


async def _slow(base: str) -> Statuses:
    return Counter(await asyncio.gather(*(_drip(base, at % 2 == 0) for at in range(SLOW))))


async def _drip(base: str, in_head: bool) -> str:
    """A head, or a body, a byte at a time; what the service did about it."""
    url = urlsplit(base)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(b"POST /v1/papers HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n")
    writer.write(b"x-slow: " if in_head else b"content-length: 99999\r\n\r\n")
    began, answered = time.perf_counter(), asyncio.create_task(reader.read(15))
    while not answered.done() and time.perf_counter() - began < 60:
        with suppress(OSError):
            writer.write(b"x")
        await asyncio.wait([answered], timeout=1)
    writer.close()
    try:
        first = answered.result() if answered.done() else b"60 s: still open"
    except OSError:
        first = b""
    return first.decode().removeprefix("HTTP/1.1").strip() or "closed"


async def _posts(base: str, bodies: Sequence[tuple[str, str, bytes]], at_once: int) -> Statuses:
    """Statuses of posts: address, media type and body of each."""
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(base_url=base, timeout=120, limits=limits, trust_env=False) as client:

        async def post(path: str, kind: str, data: bytes) -> str:
            try:
                return str((await client.post(path, content=data, headers={"content-type": kind})).status_code)
            except httpx.HTTPError as error:  # the service may close before a body is whole
                return type(error).__name__

        return Counter(await asyncio.gather(*(post(*each) for each in bodies)))


async def _oversized(base: str) -> Statuses:
    return await _posts(base, [("/v1/papers", "text/plain", bytes(21 * 2**20))] * 30, 4)


async def _parallel(base: str) -> Statuses:
    bodies = [("/v1/papers", "text/markdown", _TEXT + str(n).encode()) for n in range(PARALLEL)]
    return await _posts(base, bodies, PARALLEL)


async def _bombs(base: str) -> Statuses:
    xml = [_LAUGHS + b"]><article><body><p>&j;</p></body></article>", _DEEP]
    bodies = [("/v1/papers", "application/xml", data) for data in xml * 10]
    bodies += [("/v1/papers:batch", "application/zip", _zip_bomb(n)) for n in (60, 60, 5, 5)]
    return await _posts(base, bodies, 8)


def _zip_bomb(members: int) -> bytes:
    """A zip of about 60 KB per member, which unpacks to 60 MiB of it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", bytes(60 * 2**20))
        for n in range(1, members):
            archive.writestr(f"{n}.txt", bytes(60 * 2**20))
    return file.getvalue()


async def _wrong(base: str) -> Statuses:
    kinds = (
        "image/png",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        "application/pdf",
    )
    kinds += ("application/xml", "application/tei+xml", "text/plain; charset=nonsense")
    bodies = [(f"/v1/papers{batch}", kind, bytes(range(256)) * 40) for kind in kinds for batch in ("", ":batch")]
    return await _posts(base, bodies * 10, 8)
