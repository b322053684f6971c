"""Install kywarden with its test tools, build policy.wasm and run all checks: style, types, tests.

python3 build/check.py [arguments for pytest]
"""

from __future__ import annotations

import sys

from environment import install, run, say


def main() -> None:
    install("[test]")
    say("checking style and types")
    run("ruff", "check", "--quiet", ".")
    run("ruff", "format", "--quiet", "--check", ".")
    run("mypy")
    say("building policy.wasm")
    run("python", "build/build.py")
    say("running the tests")
    run("pytest", "--numprocesses=auto", "--dist=worksteal", *sys.argv[1:])


if __name__ == "__main__":
    main()
