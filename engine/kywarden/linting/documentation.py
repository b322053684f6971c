"""The documentation of the checks, made from their table and examples."""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.linting.checks import CHECKS
from kywarden.linting.examples import EXAMPLES, SEPARATOR
from kywarden.linting.finding import Check

_INTRODUCTION = """\
# kywarden lint

`kywarden lint` says what is wrong with a policy before it judges anything, each finding with file, line and column:

```
kywarden lint policies/                       every policy below a folder
kywarden lint --format github policy.yaml     annotations of a pull request (also json, sarif)
kywarden lint --level note policy.yaml        hints, too
kywarden lint --rules policies/               which rules kywarden runs, and why not
```

Exit codes: 0 nothing found, 1 findings, 2 an input cannot be read (the others are linted all the same).

A comment waives findings: `# kywarden: ignore[no-range]` at the end of a line for that line, alone on a line for
whatever begins on the next one (a field, a rule) with all that is inside, before the first key for the document;
without brackets for all checks. A comment that waives nothing is a finding itself.

An **error** means that the policy is refused or a rule cannot do what it says, a **warning** that it surely does not
mean that, a **note** that it works, but there is a trap or a better way. Notes are shown with `--level note`.

## In an editor

The fields of ClusterPolicy, Policy and PolicyException are also published as a JSON Schema, by which editors complete
and check policies while they are written:

```
kywarden lint --schema > kyverno.schema.json
```

Editors with the YAML language server (VS Code, Neovim, Emacs and others) use it for a file with this first line:

```yaml
# yaml-language-server: $schema=kyverno.schema.json
```

and for whole folders by a setting, in VS Code `"yaml.schemas": {"./kyverno.schema.json": "policies/**/*.yaml"}`.

## Checks
"""


def page() -> str:
    """The page engine/docs/lint.md."""
    rows = "\n".join(f"| [`{one.id}`](#{one.id}) | {one.level} | {one.title} |" for one in CHECKS.values())
    sections = "\n".join(section(check) for check in CHECKS.values())
    return f"{_INTRODUCTION}\n| id | level | finding |\n|---|---|---|\n{rows}\n\n{sections}"


def section(check: Check) -> str:
    """The section about one check."""
    return "\n".join(_section(check)) + "\n"


def _section(check: Check) -> Iterator[str]:
    wrong, _, right = EXAMPLES[check.id].partition(SEPARATOR)
    yield f"### {check.id}\n"
    yield f"{check.level.capitalize()}. **{check.title}.** {check.text}\n"
    yield f"```yaml\n{wrong}```"
    if right:
        yield f"\nInstead:\n\n```yaml\n{right}```"
