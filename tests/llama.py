"""A real inference engine on loopback: llama.cpp's server with a tiny model of random weights."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from llama_build import GGUF, SERVER

_WIDTH, _HIDDEN, _LAYERS, _HEADS = 64, 128, 2, 4
_WORDS = 4 + 256  # unknown, start, end, space, the bytes
_STARTED = 60  # seconds until the server must be there


@contextmanager
def served(model: Path, log: Path, context: int = 65536, most: int = 48) -> Iterator[str]:
    """The server's `--api-base` for the time of the block; `context` and `most`, of one reply, are in tokens."""
    port = _free_port()
    limits = ["--ctx-size", str(context), "--n-predict", str(most), "--parallel", "1", "--no-context-shift"]
    where = ["--host", "127.0.0.1", "--port", str(port), "--threads", "1", "--seed", "1"]
    with log.open("wb") as out:
        server = subprocess.Popen([SERVER, "--model", model, *limits, *where], stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(f"http://127.0.0.1:{port}/health", server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait()


def write_random_model(path: Path, seed: int = 1) -> Path:
    """A llama of two layers whose words are the bytes, so that it reads any text and can write any."""
    sys.path.append(str(GGUF))
    import gguf  # of llama.cpp itself, there after `make engine`

    writer = gguf.GGUFWriter(path, "llama")
    _write_shape(writer)
    _write_vocabulary(writer, gguf.TokenType)
    random = np.random.default_rng(seed)
    for name, shape in _tensors().items():
        values = random.normal(size=shape) if len(shape) > 1 else np.ones(shape)
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _write_shape(writer: Any) -> None:
    writer.add_name("random")
    writer.add_context_length(65536)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(_WORDS)


def _write_vocabulary(writer: Any, kind: Any) -> None:
    writer.add_tokenizer_model("llama")
    writer.add_token_list(["<unk>", "<s>", "</s>", "▁", *(f"<0x{byte:02X}>" for byte in range(256))])
    writer.add_token_scores([0.0] * _WORDS)
    writer.add_token_types([kind.UNKNOWN, kind.CONTROL, kind.CONTROL, kind.NORMAL, *[kind.BYTE] * 256])
    writer.add_add_space_prefix(False)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def _tensors() -> dict[str, tuple[int, ...]]:
    layer = {"attn_norm": (_WIDTH,), "ffn_norm": (_WIDTH,), "ffn_down": (_WIDTH, _HIDDEN)}
    layer |= {f"attn_{part}": (_WIDTH, _WIDTH) for part in ("q", "k", "v", "output")}
    layer |= {f"ffn_{part}": (_HIDDEN, _WIDTH) for part in ("gate", "up")}
    ends = {"token_embd": (_WORDS, _WIDTH), "output": (_WORDS, _WIDTH), "output_norm": (_WIDTH,)}
    layers = {f"blk.{n}.{name}": shape for n in range(_LAYERS) for name, shape in layer.items()}
    return {f"{name}.weight": shape for name, shape in {**ends, **layers}.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _STARTED
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start; its last words:\n{log.read_text(errors='replace')[-2000:]}")
