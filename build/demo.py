"""Install kywarden, build policy.wasm, and judge one sample request natively and through the module.

python3 build/demo.py
"""

from __future__ import annotations

from environment import install, run, say

SAMPLE = "kyverno_samples/pattern/require-label"


def main() -> None:
    install()
    say("building policy.wasm (the first time takes a minute or two)")
    run("python", "build/build.py")
    for title, extra in (("natively", ()), ("through policy.wasm", ("--module",))):
        say(f"judging {SAMPLE}/resources.yaml {title}")
        run("kywarden", "evaluate", "--policy", f"{SAMPLE}/policy.yaml", "--request", f"{SAMPLE}/resources.yaml",
            "--format", "text", *extra, check=False)  # fmt: skip


if __name__ == "__main__":
    main()
