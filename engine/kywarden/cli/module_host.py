"""Envelopes through policy.wasm, as a Kubewarden host would send them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kywarden import wasm
from kywarden.cli.failures import Exit, Failure
from kywarden.wasm.callbacks import Callbacks
from kywarden.wasm.runner import LoadError, Module

INSTALLED = Path(wasm.__file__).with_name("policy.wasm")
DEADLINE = 2.0
"""Seconds after which a host cuts an evaluation off: policy-server's default."""


def implementation(name: str, callbacks: Callbacks | None = None) -> Callable[[bytes], bytes]:
    """Whoever answers an envelope through the module of a file; without a name, the installed one.

    callbacks: answers the module's questions; without them there is no host.
    """
    path = Path(name) if name else INSTALLED
    try:
        module = Module.load(path)
    except FileNotFoundError as error:
        raise missing(path, "--module FILE", named=bool(name)) from error
    except OSError as error:
        raise Failure.of_file(path, error) from error
    except LoadError as error:
        raise Failure(f"{path}: {' '.join(str(error).split())}") from error

    def ask(data: bytes) -> bytes:
        outcome = module.run("validate", data, deadline=DEADLINE, host_call=callbacks)
        if not outcome.succeeded:
            said = outcome.stderr.decode("utf-8", "replace").strip() or outcome.trap
            raise Failure(f"{path}: the module ended without an answer ({outcome.end}): {said}", code=Exit.INTERNAL)
        return outcome.stdout

    return ask


def missing(path: Path, option: str, *, named: bool) -> Failure:
    """That there is no module; named: somebody named it, with this option."""
    hint = "there is no such file" if named else f"build one with 'python build/build.py', or name one: {option}"
    return Failure(f"{path}: {hint}")
