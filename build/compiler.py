"""Compiles Python sources; runs inside the module that build.py links, which is CPython 3.11, whatever builds it.

STDIN holds the file's name, a zero byte and the source; STDOUT gets the contents of the `.pyc`. It is unchecked, so
that no file time is in it, and holds nothing that only serves people who read tracebacks or annotations: all of it
would be in the memory of every request.
"""

import ast
import marshal
import os
import sys
from importlib.util import MAGIC_NUMBER
from types import CodeType

UNCHECKED_HASH = (1).to_bytes(4, "little") + bytes(8)


def main(argv: list[str]) -> int:
    pieces = []
    while piece := os.read(0, 1 << 20):
        pieces.append(piece)
    name, _, source = b"".join(pieces).partition(b"\0")
    tree = bare(ast.parse(source))
    code = compile(tree, sys.intern(name.decode()), "exec", dont_inherit=True, optimize=2)
    bytecode = MAGIC_NUMBER + UNCHECKED_HASH + marshal.dumps(stripped(code))
    while bytecode:
        bytecode = bytecode[os.write(1, bytecode) :]
    return 0


def bare(tree: ast.Module) -> ast.Module:
    """The tree without annotations of functions; those of classes stay, dataclasses are made from them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
    return tree


def stripped(code: CodeType) -> CodeType:
    """The code without tables of line numbers, and with short qualified names."""
    return code.replace(
        co_linetable=b"",
        co_qualname=code.co_name,
        co_consts=tuple(stripped(value) if isinstance(value, CodeType) else value for value in code.co_consts),
    )
