"""The floors of the house: a module imports only lower floors or its own, and only the top touches the outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parent.parent / "engine"
PACKAGE = ENGINE / "kywarden"

FLOORS = {
    "errors": 0,
    "values": 1,
    "model": 2,
    "jmes": 3,
    "cel": 3,
    "binding": 4,
    "judging": 5,
    "patching": 6,
    "kinds": 7,
    "audit_trail": 8,
    "evaluator": 8,
    "loader": 9,
    "settings": 9,
    "admission": 9,
    "protocol": 9,
    "host": 10,
    "wasm": 10,
    "migrate": 10,
    "explaining": 10,
    "linting": 10,
    "testing": 10,
    "api": 11,
    "module": 11,
    "baking": 12,
    "cli": 13,
    "__main__": 14,
}
HIGHEST_PURE_FLOOR = 9
OUTSIDE = {
    *("os", "sys", "io", "time", "random", "secrets", "socket", "subprocess", "pathlib", "tempfile", "threading"),
    *("asyncio", "logging", "urllib", "http", "uuid", "signal", "select", "shutil", "platform", "ctypes"),
}
PURE = {"urllib.parse"}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def name_of(path: Path) -> str:
    parts = path.relative_to(ENGINE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(module: str) -> int:
    room = module.split(".")[1]
    assert room in FLOORS, f"{module}: its room has no floor; the table says where a new one belongs"
    return FLOORS[room]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, `from package import module` resolved."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            for alias in node.names:
                inner = ENGINE.joinpath(*module.split("."), alias.name)
                yield f"{module}.{alias.name}" if inner.is_dir() or inner.with_suffix(".py").exists() else module


def own(path: Path) -> Iterator[str]:
    return (name for name in imports(path) if name.startswith("kywarden."))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_lower_floors_or_its_own(path: Path) -> None:
    floor = floor_of(name_of(path))
    assert [name for name in own(path) if floor_of(name) > floor] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_below_the_host_touches_the_outside(path: Path) -> None:
    if floor_of(name_of(path)) <= HIGHEST_PURE_FLOOR:
        assert [name for name in imports(path) if name.split(".")[0] in OUTSIDE and name not in PURE] == []


def test_no_modules_import_each_other() -> None:
    graph = {name_of(path): set(own(path)) for path in MODULES}
    seen: dict[str, str] = {}

    def visit(module: str, way: tuple[str, ...]) -> None:
        if seen.get(module) == "done":
            return
        assert module not in way, f"cycle: {' -> '.join((*way[way.index(module) :], module))}"
        for imported in graph.get(module, ()):
            visit(imported, (*way, module))
        seen[module] = "done"

    for module in graph:
        visit(module, ())
