"""Compiles Python sources; runs inside the module that build.py links, which is CPython 3.11, whatever builds it.

Its prepare() is called once per file: STDIN holds the file's name, a zero byte and the source; STDOUT gets the contents
of the `.pyc`: unchecked, so that no file time is in it, and without references between equal objects (marshal version
2), so that it depends on the source alone and not on what else the interpreter holds.
"""

import marshal
import os
from importlib.util import MAGIC_NUMBER

UNCHECKED_HASH = (1).to_bytes(4, "little") + bytes(8)


def prepare() -> None:
    pieces = []
    while piece := os.read(0, 1 << 20):
        pieces.append(piece)
    name, _, source = b"".join(pieces).partition(b"\0")
    code = compile(source, name.decode(), "exec", dont_inherit=True, optimize=2)
    bytecode = MAGIC_NUMBER + UNCHECKED_HASH + marshal.dumps(code, 2)
    while bytecode:
        bytecode = bytecode[os.write(1, bytecode) :]
