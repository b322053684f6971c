"""A policy and an object explained, as the text that people see."""

from __future__ import annotations

import io
from textwrap import dedent, indent

from rich.console import Console

from kywarden import admission
from kywarden.cli import explain_text
from kywarden.explaining import origins
from kywarden.explaining.explainer import explain, load
from kywarden.explaining.statement import Explanation
from kywarden.host.given import GivenHost
from kywarden.values.trees import Map

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels:
    app: web
spec:
  hostNetwork: true
  priority: 7
  containers:
  - name: main
    image: nginx:latest
  - name: side
    image: busybox:1.36
    securityContext:
      privileged: true
"""
WORLD: Map = {"roles": [], "clusterRoles": [], "namespaceLabels": {"team": "red"}}


def policy(rule: str, match: str = "{any: [{resources: {kinds: [Pod]}}]}") -> str:
    """A policy of one rule, whose body begins on line 9."""
    return (
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  background: false\n"
        f"  rules:\n  - name: r\n    match: {match}\n" + indent(dedent(rule), "    ")
    )


def explained(policies: str, resource: str = POD, world: Map = WORLD) -> Explanation:
    given = next(origins.inputs("object.yaml", resource.encode()))
    judges = load(origins.policies({"policy.yaml": policies}))
    request = admission.read(given.envelope["request"])
    return explain(given, judges, request, GivenHost().world({**WORLD, **world}, 60_000, {}))


def told(policies: str, resource: str = POD, world: Map = WORLD, width: int = 100) -> str:
    """The text about the rules, without the lines about the verdict and the message."""
    explanation = explained(policies, resource, world)
    for story in explanation.rules:
        story.message = ""
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, soft_wrap=True)
    explain_text.show(explanation, console, False)
    return file.getvalue().partition("\n\n")[2]
