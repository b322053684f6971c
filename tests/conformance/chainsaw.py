"""Admission requests of the upstream end-to-end tests, with the verdict that a real cluster gave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from kywarden import protocol
from kywarden.errors import EvaluationError
from kywarden.host import api_paths
from kywarden.host.given import GivenHost
from kywarden.model.builtin_kinds import plural
from tests import data
from tests.conformance import assertions

Tree = Any

SUPPORTED_NEEDS = frozenset(
    (
        "podSecurity",
        "mutate",
        "userInfo",
        "namespaceLabels",
        "exceptions",
        "subresource",
        "configMap",
        "apiCall",
        "globalContext",
    )
)
"""What a request may need to be answered by the rules that are supported."""


def triples() -> Iterator[Tree]:
    """The requests of the supported topics."""
    for row in data.jsonl(data.CORPUS / "corpus" / "chainsaw" / "triples.jsonl.gz"):
        if SUPPORTED_NEEDS.issuperset(row["needs"]):
            yield row


def envelope(row: Tree) -> Tree:
    """The envelope of a triple: the request as the API server would send it, the cluster as its world."""
    resource = row["resource"]
    kind = {key: resource[key] for key in ("group", "version", "kind")}
    where = {**{key: resource[key] for key in ("group", "version")}, "resource": plural(resource["kind"])}
    request = {
        "uid": row["id"],
        "kind": kind,
        "resource": where,
        "requestKind": kind,
        "requestResource": where,
        "operation": row["operation"],
        "userInfo": row.get("userInfo")
        or {"username": "kubernetes-admin", "groups": ["system:masters", "system:authenticated"]},
        "dryRun": False,
        "options": {"apiVersion": "meta.k8s.io/v1", "kind": row["operation"].capitalize() + "Options"},
    }
    if row.get("subresource"):
        request["subResource"] = request["requestSubResource"] = row["subresource"]
    for key in ("name", "namespace"):
        if resource.get(key):
            request[key] = resource[key]
    if resource["kind"] == "Namespace":
        request["namespace"] = resource["name"]
    request["object"], request["oldObject"] = row.get("object"), row.get("oldObject")
    return {
        "request": request,
        "settings": {
            "policies": row["policies"],
            "exceptions": row.get("exceptions") or [],
            "deadlineMilliseconds": data.PATIENCE,
        },
        "options": {"format": "full"},
        "world": {
            "resources": [*row["setup"], _definition(resource)],
            "roles": row.get("roles") or [],
            "clusterRoles": row.get("clusterRoles") or [],
            "globalContext": _global_context(row["setup"]),
        },
    }


def _definition(resource: Tree) -> Tree:
    """The definition of the request's kind, which a cluster that gets the request must have."""
    names = {"kind": resource["kind"], "plural": plural(resource["kind"])}
    spec = {"group": resource["group"], "names": names}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {}, "spec": spec}


def _global_context(setup: list[Tree]) -> Tree:
    """The values of the GlobalContextEntry objects: lists of the objects that the cluster holds, answers of its API."""
    entries: Tree = {}
    for entry in setup:
        spec = entry.get("spec") or {}
        if entry["kind"] != "GlobalContextEntry":
            continue
        if "kubernetesResource" not in spec:
            path = api_paths.parse((spec.get("apiCall") or {}).get("urlPath") or "")
            with suppress(EvaluationError):
                if path is not None:
                    entries[entry["metadata"]["name"]] = api_paths.answer(path, setup)
            continue
        wanted = spec["kubernetesResource"]
        entries[entry["metadata"]["name"]] = [
            thing
            for thing in setup
            if thing["apiVersion"] == "/".join(filter(None, (wanted.get("group"), wanted["version"])))
            and plural(thing["kind"]) == wanted["resource"]
            and wanted.get("namespace") in (None, thing["metadata"].get("namespace"))
        ]
    return entries


def differs(row: Tree, answer: Tree) -> str:
    """How an answer differs from what the cluster said, empty when it does not."""
    expected = row["expect"]
    if answer.get("code"):
        return f"refused: {answer['message']}"
    if answer["accepted"] != expected["allowed"]:
        failed = [rule for rule in answer["rules"] if rule["status"] != "pass"]
        return f"allowed: ours {answer['accepted']}, cluster {expected['allowed']}: {answer.get('message')} {failed}"
    said = "\n".join(f"Warning: {warning}" for warning in answer.get("warnings", []))
    if not answer["accepted"]:
        said = f'admission webhook "validate.kyverno.svc-fail" denied the request: {answer["message"]}'
    message = expected.get("message") or {}
    wrong = [text for text in message.get("contains", []) if text not in said]
    wrong += [f"not {text}" for text in message.get("lacks", []) if text in said]
    wrong += [pattern for pattern in message.get("matches", []) if not re.search(pattern, said)]
    return f"message {said!r} does not fit {wrong}" if wrong else _differs_in_object(row, answer)


def _differs_in_object(row: Tree, answer: Tree) -> str:
    """How the object that is left after all mutations differs from what the test asserts."""
    left = answer.get("mutated_object") or row.get("object")
    for wanted in row["expect"].get("mutated") or []:
        misfit = assertions.misfit(wanted["assertion"], left)
        if wanted["holds"] and misfit:
            return f"mutated: {misfit}"
        if not wanted["holds"] and not misfit:
            return f"mutated: fits {wanted['assertion']}, which it must not"
    return ""


def ask(row: Tree) -> Tree:
    return data.read_json(protocol.handle("validate", protocol.encode(envelope(row)), GivenHost()))
