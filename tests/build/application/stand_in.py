"""A small application for the module: does what STDIN says, so that tests can look at the interpreter around it."""

import json
import os
import random
import sys
import time

import _kwhost

STARTED = {"random": random.random(), "clock": time.time(), "hash": hash("kywarden")}
loaded = b""


def prepare() -> None:
    global loaded
    loaded = read()


def main(argv: list[str]) -> int:
    wanted = json.loads(read() or b"{}")
    answer = DEEDS[wanted.get("do", "tell")](argv, wanted)
    os.write(1, json.dumps(answer).encode())
    return int(wanted.get("code", 0))


def read() -> bytes:
    pieces = []
    while piece := os.read(0, 65536):
        pieces.append(piece)
    return b"".join(pieces)


def tell(argv: list[str], wanted: dict) -> object:
    return {
        "argv": argv,
        "version": sys.version_info[:2],
        "optimize": sys.flags.optimize,
        "loaded": loaded.decode(),
        "modules": sorted(sys.modules),
        "code": main.__code__.co_filename,
        "clock": time.time(),
        "streams": [sys.stdin, sys.stdout, sys.stderr],
        **{f"started {key}": value for key, value in STARTED.items()},
    }


def ask(argv: list[str], wanted: dict) -> object:
    answers = []
    for payload in wanted["payloads"]:
        code = _kwhost.call(b"kubewarden", b"net", b"v1/dns_lookup_host", payload.encode())
        answers.append([code, read().decode()])
    return answers


def chatter(argv: list[str], wanted: dict) -> object:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    return "done"


def fill(argv: list[str], wanted: dict) -> object:
    try:
        return len(bytearray(wanted["bytes"]))
    except MemoryError:
        return "MemoryError"


def nest(argv: list[str], wanted: dict) -> object:
    """How each way of recursing ends: `RecursionError` is fine, the end of the stack is not."""
    sys.setrecursionlimit(wanted["limit"])
    return {name: attempt(way) for name, way in WAYS.items()}


def attempt(way) -> str:
    try:
        way()
    except RecursionError:
        return "RecursionError"
    return "done"


class Endless:
    def __repr__(self) -> str:
        return repr(self)

    def __getattr__(self, name: str) -> object:
        return getattr(self, name + "x")

    def __eq__(self, other: object) -> bool:
        return other == self

    def __lt__(self, other: object) -> bool:
        return sorted([self, other]) == []

    def __iter__(self):
        return iter(list(self))

    def __call__(self, *_: object) -> object:
        return list(map(self, [1]))

    def __format__(self, spec: str) -> str:
        return f"{self}"

    def __hash__(self) -> int:
        return hash(self)

    def __contains__(self, item: object) -> bool:
        return item in self


def nested(depth: int) -> list:
    tree: list = []
    for _ in range(depth):
        tree = [tree]
    return tree


def generate():
    yield from generate()


def sum_within() -> int:
    return sum(sum_within() for _ in [1])


def sort_within() -> None:
    [0, 1].sort(key=lambda _: sort_within())


WAYS = {
    "repr": lambda: repr(Endless()),
    "getattr": lambda: Endless().x,
    "eq": lambda: Endless() == Endless(),
    "lt": lambda: Endless() < Endless(),
    "iter": lambda: list(Endless()),
    "call": lambda: Endless()(),
    "format": lambda: format(Endless()),
    "hash": lambda: hash(Endless()),
    "contains": lambda: 1 in Endless(),
    "sort": sort_within,
    "sum": sum_within,
    "generators": lambda: list(generate()),
    "json": lambda: json.loads("[" * 100_000),
    "json out": lambda: json.dumps(nested(5000)),
    "compare": lambda: nested(5000) == nested(5000),
    "repr of lists": lambda: repr(nested(5000)),
}
DEEDS = {"tell": tell, "ask": ask, "chatter": chatter, "fill": fill, "nest": nest}
