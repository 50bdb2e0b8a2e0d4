"""Build llama.cpp's server in build/engine, once: `make engine`. Needed: cmake and a C++ compiler.

The source is that of PyPI's llama-cpp-python, which carries all of llama.cpp; its own Python binding is not built.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "build" / "engine"
SERVER = FOLDER / "llama-server"
GGUF = FOLDER / "gguf-py"  # llama.cpp's own writer of model files

_VERSION = "0.3.36"
_SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
_SOURCE = f"llama_cpp_python-{_VERSION}/vendor/llama.cpp"
_OFF = (
    *("BUILD_SHARED_LIBS", "GGML_NATIVE", "GGML_OPENMP", "GGML_LLAMAFILE", "GGML_CCACHE", "LLAMA_OPENSSL"),
    *("LLAMA_BUILD_APP", "LLAMA_BUILD_EXAMPLES", "LLAMA_BUILD_TESTS", "LLAMA_BUILD_UI", "LLAMA_USE_PREBUILT_UI"),
)


def main() -> None:
    """Download, check, unpack, build. What a model of two layers needs is speed of the compiler, not of the code."""
    for tool in ("cmake", "c++"):
        if not shutil.which(tool):
            sys.exit(f"{tool}: not found; install cmake and a C++ compiler, then run make engine again")
    source = _unpacked(_downloaded())
    flags = [f"-D{name}=OFF" for name in _OFF]
    flags += ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1", "-DCMAKE_C_FLAGS_RELEASE=-O2"]
    made = FOLDER / "made"
    _run("cmake", "-S", source, "-B", made, *flags)
    _run("cmake", "--build", made, "--target", "llama-server", "-j", os.environ.get("JOBS", str(os.cpu_count())))
    shutil.copytree(source / "gguf-py", GGUF, dirs_exist_ok=True)
    shutil.copy(made / "bin" / SERVER.name, SERVER)
    shutil.rmtree(made)
    shutil.rmtree(FOLDER / _SOURCE.split("/")[0])


def _downloaded() -> Path:
    archive = FOLDER / f"llama_cpp_python-{_VERSION}.tar.gz"
    if not archive.exists():
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
        _run(*pip, "--no-binary", "llama-cpp-python", f"llama-cpp-python=={_VERSION}", "--dest", FOLDER)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != _SHA256:
        archive.unlink()
        sys.exit(f"{archive}: SHA-256 is {found}, not {_SHA256}; it was removed, see where your pip downloads from")
    return archive


def _unpacked(archive: Path) -> Path:
    with tarfile.open(archive) as packed:
        members = (member for member in packed if member.name.startswith(f"{_SOURCE}/"))
        packed.extractall(FOLDER, members, filter="data")
    return FOLDER / _SOURCE


def _run(*command: str | Path) -> None:
    if subprocess.run(list(map(str, command)), check=False).returncode:
        sys.exit(f"{command[0]} failed; its message is above")


if __name__ == "__main__":
    main()
