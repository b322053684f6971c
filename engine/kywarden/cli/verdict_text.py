"""A verdict as text for people, coloured on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from rich.text import Text

from kywarden.cli.screen import Screen
from kywarden.model.resources import text
from kywarden.values import yaml_objects
from kywarden.values.trees import Map, Tree

DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
STYLES = {"pass": "green", "fail": "bold red", "error": "bold yellow", "skip": "dim", "warn": "yellow"}


def show(answer: dict[str, Any], envelope: Map) -> None:
    """Print one answer in full form."""
    console = Screen(soft_wrap=True)
    accepted = answer["accepted"]
    line = Text.assemble(
        ("accepted" if accepted else "denied", "bold green" if accepted else "bold red"), "  ", _resource(envelope)
    )
    console.print(line)
    for rule in answer.get("rules", []):
        head = Text.assemble(
            "  ", (f"{rule['status']:5}", STYLES[rule["status"]]), f"  {rule['policy']} / {rule['rule']}"
        )
        if rule["phase"] in ("audit", "auditwarn"):
            head.append(" (audit)", "dim")
        console.print(head)
        if rule["status"] != "pass" and rule["message"]:
            _print_lines(console, rule["message"], "           ")
    for warning in answer.get("warnings", []):
        first, *rest = warning.split("\n")
        console.print(Text.assemble(("  warning  ", "yellow"), first))
        for line in rest:
            console.print(Text(f"           {line}"))
    for change in _changes(envelope, answer.get("mutated_object")):
        console.print(Text(f"  {change}", DIFF_STYLES.get(change[:1], "")))
    if not answer.get("rules") and accepted:
        console.print(Text("  no rule applies", "dim"))
    elif not answer.get("rules"):
        _print_lines(console, answer.get("message", ""), "  ")


def _print_lines(console: Screen, written: str, indent: str) -> None:
    for line in written.split("\n"):
        console.print(Text(f"{indent}{line}"))


def _changes(envelope: Map, mutated: Tree) -> Iterator[str]:
    """What mutation does to the object, as a unified diff of its YAML."""
    request = envelope.get("request")
    if mutated is None or not isinstance(request, dict):
        return
    before, after = (yaml_objects.dump(tree).splitlines() for tree in (request.get("object"), mutated))
    yield from unified_diff(before, after, "object", "mutated", lineterm="")


def _resource(envelope: Map) -> str:
    request: Tree = envelope.get("request")
    if not isinstance(request, dict):
        return ""
    judged = request.get("object") or request.get("oldObject")
    names = (text(request, "kind", "kind"), text(request, "namespace"), text(judged, "metadata", "name"))
    return f"{request.get('operation')} {'/'.join(name for name in names if name)}"
