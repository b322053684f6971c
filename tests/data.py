"""The public test data: where it is and how its rows are read.

`KYWARDEN_CORPUS` names the folder (default `../shared` beside the project). Where it is absent, tests marked `corpus`
are skipped with one visible line.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("KYWARDEN_CORPUS") or ROOT.parent / "shared")


PATIENCE = 60_000
"""Milliseconds for an evaluation whose answer is looked at, not its time: a busy machine is no difference."""


def present() -> bool:
    return (CORPUS / "golden").is_dir() and (CORPUS / "corpus").is_dir()


def jsonl(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_json(data: bytes) -> Any:
    return json.loads(data)


@cache
def _probes() -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in jsonl(CORPUS / "golden" / "generated-probes.jsonl.gz"):
        rows.setdefault(row["fn"], []).append(row)
    return rows


def probes(fn: str) -> list[dict[str, Any]]:
    """Generated inputs to one function of Kyverno's engine, with its answers (golden/GENERATED.md)."""
    return _probes()[fn]


@cache
def cases() -> list[dict[str, Any]]:
    """Generated whole requests with Kyverno's answers."""
    return jsonl(CORPUS / "golden" / "generated-cases.jsonl.gz")


@cache
def golden() -> list[dict[str, Any]]:
    """Kyverno's answers on the public corpora."""
    return jsonl(CORPUS / "golden" / "corpus-visible.jsonl.gz")


@cache
def unit(topic: str, function: str) -> list[dict[str, Any]]:
    """Vectors from Kyverno's unit tests: `{id, function, name?, args, expected}`."""
    rows = json.loads((CORPUS / "corpus" / "unit" / f"{topic}.json").read_text(encoding="utf-8"))
    return [row for row in rows if row["function"] == function]


@cache
def recipe() -> ModuleType:
    """The module that says how the requests of the golden rows were made."""
    spec = importlib.util.spec_from_file_location("golden_requests", CORPUS / "golden" / "requests.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
