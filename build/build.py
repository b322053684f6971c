"""Make policy.wasm: `python build/build.py` (Python 3.11 or newer and pip; README.md says how and why).

Everything that does not come from this repository is fetched by pip, pinned by hash (`pins/`), and kept in a cache
folder together with what is expensive to make from it. Equal trees give equal bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import interpreter
from fetching import install, unpack_cpython

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCES = ROOT / "engine"

BILL = "policy.spdx.json"
"""The bill of materials, which is in the module too, as a file beside it."""
PACKAGE = "artifacthub-pkg.yml"


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
        linked = interpreter.link(cache, tools, cpython)
    folders = {
        "/app": arguments.folder,
        "/standins": HERE / "standins",
        "/packages": packages,
        "/stdlib": cpython / "lib/python3.11",
    }
    module = start_twice(interpreter.prepare(cache, linked, arguments.app, folders))
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


def start_twice(start: interpreter.Start) -> bytes:
    """The module after its second start; ends the build when it does not start, with its own words."""
    import placing
    from kywarden.wasm.sandbox import Exited

    try:
        with step("compile and start"):
            watched, blocks = interpreter.watched(start)
        with step("watch requests"):
            numbers = placing.order(watched, blocks, start.envelopes[:: placing.ONE_IN])
        with step("start and keep"):
            return interpreter.placed(start, blocks, numbers)
    except Exited as failure:
        sys.exit(f"\n{failure}")


@contextmanager
def step(name: str) -> Iterator[None]:
    print(f"{name:<24}", end="", flush=True)
    started = time.perf_counter()
    yield
    print(f"{time.perf_counter() - started:6.1f} s", flush=True)


def write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.new")
    beside.write_bytes(data)
    beside.replace(target)


def zipped(module: bytes) -> bytes:
    return gzip.compress(module, 9, mtime=0)


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
