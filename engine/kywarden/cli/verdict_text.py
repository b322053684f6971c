"""A verdict as text for people, coloured on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree

STYLES = {"pass": "green", "fail": "bold red", "error": "bold yellow", "skip": "dim", "warn": "yellow"}


def show(answer: dict[str, Any], envelope: Map) -> None:
    """Print one answer in full form."""
    console = Console(highlight=False, soft_wrap=True)
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
            console.print(Text(f"           {rule['message']}".replace("\n", "\n           ")))
    for warning in answer.get("warnings", []):
        console.print(Text.assemble(("  warning  ", "yellow"), warning))
    if not answer.get("rules"):
        console.print(Text("  no rule applies", "dim") if accepted else Text(f"  {answer.get('message', '')}"))


def _resource(envelope: Map) -> str:
    request: Tree = envelope.get("request")
    if not isinstance(request, dict):
        return ""
    judged = request.get("object") or request.get("oldObject")
    names = (text(request, "kind", "kind"), text(request, "namespace"), text(judged, "metadata", "name"))
    return f"{request.get('operation')} {'/'.join(name for name in names if name)}"
