"""PolicyExceptions that would let every failure pass (`--generate-exceptions`).

Source: cmd/cli/kubectl-kyverno/commands/apply/print.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from kywarden.model.resources import text
from kywarden.values import duration
from kywarden.values.trees import Map, Tree

_TAG = re.compile(":.*|@.*")


def of_failures(failures: Sequence[Map], ttl: int) -> list[Map]:
    """An exception for each failing result of a report; ttl: nanoseconds until clean-up, 0 for none."""
    found: list[Map] = []
    for result in failures:
        resources = result["resources"]
        for resource in resources if isinstance(resources, list) else []:
            found.append(_exception(result, resource, ttl))
    return found


def _exception(result: Map, resource: Tree, ttl: int) -> Map:
    policy, rule = text(result, "policy"), text(result, "rule")
    kind, namespace, name = (text(resource, key) for key in ("kind", "namespace", "name"))
    kinds, rules, names = _with_copies(kind, rule, name)
    metadata: Map = {"name": "-".join((policy, rule, namespace, name))}
    if ttl > 0:
        metadata["labels"] = {"cleanup.kyverno.io/ttl": duration.text(ttl)}
    described: Map = {"kinds": [*kinds], "names": [*names], "namespaces": [namespace]}
    spec: Map = {
        "match": {"all": [{"resources": described}]},
        "exceptions": [{"policyName": policy, "ruleNames": [*rules]}],
    }
    if controls := text(result, "properties", "controlsJSON"):
        spec["podSecurity"] = [_control(one) for one in json.loads(controls)]
    return {"kind": "PolicyException", "apiVersion": "kyverno.io/v2beta1", "metadata": metadata, "spec": spec}


def _with_copies(kind: str, rule: str, name: str) -> tuple[list[str], list[str], list[str]]:
    """Kinds, rules and names: for a generated rule those of the pods (and jobs) that the controller makes too."""
    if not rule.startswith("autogen-"):
        return [kind], [rule], [name]
    if kind == "CronJob":
        bare = rule.removeprefix("autogen-cronjob-")
        return [kind, "Job", "Pod"], [rule, f"autogen-{bare}", bare], [name, f"{name}-*"]
    return [kind, "Pod"], [rule, rule.removeprefix("autogen-")], [name, f"{name}-*"]


def _control(control: dict[str, Tree]) -> Map:
    entry: Map = {"controlName": text(control, "Name")}
    images = control.get("Images")
    if isinstance(images, list):
        entry["images"] = [_TAG.sub("*", image) for image in images if isinstance(image, str)]
    return entry
