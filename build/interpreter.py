"""The interpreter: linked, made to compile Python sources, started with an application, its memory kept."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cache import cached, digest
from fetching import ARCHIVE_FILES, PINS, zig

if TYPE_CHECKING:
    from kywarden.wasm.files import Content, Files
    from kywarden.wasm.sandbox import Sandbox
    from placing import Blocks

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "kyverno_samples"

C_SOURCES = ("embed.c", "modules.c")
LINK_OPTIONS = (
    "--target=wasm32-wasi",
    "-O2",
    "-lwasi-emulated-signal",
    "-lwasi-emulated-getpid",
    "-lwasi-emulated-process-clocks",
    "-Wl,-z,stack-size=1048576",
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
PLACING = ("watch", "reserve", "place")
"""What is exported for the build alone (`placing`)."""
OWN_FOLDERS_LEFT_OUT = ("baking", "cli", "migrate", "testing", "wasm")


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
        (PINS / "tools.txt").read_bytes(),
    )
    return cached(cache, "linked", key, make).read_bytes()


@dataclass(frozen=True, slots=True)
class Start:
    """What the linked interpreter is started with. envelopes: what the application rehearses with."""

    linked: bytes
    argv: tuple[str, ...]
    files: Files
    envelopes: tuple[bytes, ...]

    def instance(self) -> Sandbox:
        from kywarden.wasm import snapshot

        return snapshot.instance(self.linked, argv=self.argv, files=self.files, stdin=b"\n".join(self.envelopes))

    def keep(self, sandbox: Sandbox, unused: re.Pattern[str] | None = None) -> bytes:
        from kywarden.wasm import snapshot

        return snapshot.keep(self.linked, sandbox, start="resume", drop=("initialize", *PLACING), unused=unused)


def prepare(cache: Path, linked: bytes, app: str, folders: dict[str, Path]) -> Start:
    """The start of an application, imported from bytecode of the interpreter's own making."""
    from kywarden.wasm.files import Files

    compiler = Compiler(cache, linked, folders["/stdlib"])
    files = {}
    for mount, folder in folders.items():
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder).as_posix()
            if is_application(mount, name):
                files[f"{mount}/{name}c"] = compiler.later(f"{mount}/{name}", path)
    return Start(linked, ("policy.wasm", "starting", app, *folders), Files(files), rehearsal())


def watched(start: Start) -> tuple[bytes, Blocks]:
    """The module after a first start, and the blocks in its memory."""
    import placing

    sandbox = start.instance()
    notes = placing.watch(sandbox)
    sandbox.call("initialize")
    found = placing.blocks(sandbox, notes)
    return start.keep(sandbox), found


def placed(start: Start, found: Blocks, numbers: Sequence[int]) -> bytes:
    """The module after a second start, with blocks of the first where they shall lie."""
    import placing

    sandbox = start.instance()
    placing.place(sandbox, found, numbers)
    sandbox.call("initialize")
    return start.keep(sandbox, STARTING)


def rehearsal() -> tuple[bytes, ...]:
    """What the module judges before its memory is kept, envelopes: the samples, their policies as objects, and for the
    first resource of each as text."""
    from kywarden import admission
    from kywarden.values import yaml_text

    envelopes = []
    for policy in sorted(SAMPLES.rglob("policy.yaml")):
        text = policy.read_text(encoding="utf-8")
        resources = yaml_text.load_all(policy.with_name("resources.yaml").read_text(encoding="utf-8"))
        requests = [admission.creation(resource.tree) for resource in resources if isinstance(resource.tree, dict)]
        trees = [document.tree for document in yaml_text.load_all(text)]
        envelopes += [{"request": request, "settings": {"policies": trees}} for request in requests]
        envelopes += [{"request": request, "settings": {"policy": text}} for request in requests[:1]]
    return tuple(json.dumps(envelope).encode() for envelope in envelopes)


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
        from kywarden.wasm.files import Files
        from kywarden.wasm.sandbox import Sandbox

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
