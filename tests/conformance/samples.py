"""The samples as cases: what stands in `kyverno_samples`, and the rule statuses that it claims.

A sample is a folder `<concept>/<sample>` (shape: `kyverno_samples/README.md`). Each of its result rows becomes one case
per resource, each envelope of its `requests.yaml` becomes one case. Patched resources are compared, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from kywarden import admission, protocol
from kywarden.values import yaml_text
from kywarden.values.trees import floated
from tests import data

Tree: TypeAlias = Any

ROOT = data.ROOT / "kyverno_samples"
FILES = ("policy.yaml", "resources.yaml", "kyverno-test.yaml")
GENERATED = ("", "autogen-", "autogen-cronjob-")
"""What may stand before the name of a rule: its copies for pod controllers count as the rule, as in Kyverno's CLI."""


@dataclass(frozen=True, slots=True)
class Row:
    """One claim of a kyverno-test.yaml about one resource: this rule of this policy has this status.

    patched: the object that all mutate rules leave, where the row tells it.
    """

    policy: str
    rule: str
    status: str
    patched: Tree = None

    def difference(self, answer: Tree) -> str:
        names = {prefix + self.rule for prefix in GENERATED}
        found = [rule for rule in answer["rules"] if rule["policy"] == self.policy and rule["rule"] in names]
        if not found:
            return f"{self.policy}/{self.rule} gave no response"
        wrong = [rule for rule in found if rule["status"] != self.status]
        if wrong:
            return f"{self.policy}/{self.rule} is {wrong[0]['status']}: {wrong[0]['message']}"
        left = answer.get("mutated_object")
        # integers are floats where the answer is that of Kyverno's command line
        return f"the object is {left}" if self.patched is not None and floated(left) != floated(self.patched) else ""

    @property
    def statuses(self) -> set[str]:
        return {self.status}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What expected.yaml says about one envelope of requests.yaml: the verdict, and every rule that responds.

    message: the text of the denial, where the sample is about it.
    """

    accepted: bool
    rules: dict[str, str]
    warnings: Sequence[str] = ()
    message: str | None = None

    def difference(self, answer: Tree) -> str:
        rules = {rule["rule"]: rule["status"] for rule in answer["rules"]}
        if rules != self.rules:
            return f"rules are {rules}"
        if (warnings := answer.get("warnings", [])) != [*self.warnings]:
            return f"warnings are {warnings}"
        if self.message is not None and answer["message"] != self.message:
            return f"the message is {answer['message']!r}"
        return "" if answer["accepted"] is self.accepted else f"accepted is {answer['accepted']}: {answer['message']}"

    @property
    def statuses(self) -> set[str]:
        return set(self.rules.values())


@dataclass(frozen=True, slots=True)
class Case:
    """One envelope and what is claimed about the answer."""

    name: str
    envelope: Tree
    claim: Row | Expectation

    @property
    def data(self) -> bytes:
        return protocol.encode(self.envelope)

    def under(self, semantics: str) -> Case:
        """The same, answered as another of Kyverno's programs."""
        options = {**self.envelope["options"], "semantics": semantics}
        return replace(self, envelope={**self.envelope, "options": options})

    def difference(self, answer: bytes) -> str:
        """In what an answer differs from the claim, empty when it does not."""
        read = json.loads(answer)
        found = self.claim.difference(read) if "rules" in read else read["message"]
        return f"{self.name}: expected {self.claim}, but {found}" if found else ""


@dataclass(frozen=True)
class Sample:
    """One folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.relative_to(ROOT).as_posix()

    @cached_property
    def test(self) -> Tree:
        return self.documents("kyverno-test.yaml")[0]

    def documents(self, *names: str) -> list[Tree]:
        """The documents of files of this folder, in order; a file that is absent has none."""
        paths = [self.folder / name for name in names]
        texts = [path.read_text(encoding="utf-8") for path in paths if path.exists()]
        return [document.tree for text in texts for document in yaml_text.load_all(text)]

    def document(self, name: str) -> Tree:
        """The only document of a file; an empty map when the file is absent."""
        return next(iter(self.documents(name)), {})

    def cases(self) -> Iterator[Case]:
        """Everything the sample claims."""
        yield from self._rows()
        expected = self.document("expected.yaml")
        for envelope in self.documents("requests.yaml"):
            identity = envelope["id"]
            yield Case(identity, self._envelope(envelope), Expectation(**expected.pop(identity)))
        assert not expected, f"{self.name}: no requests named {list(expected)}"

    def _rows(self) -> Iterator[Case]:
        for row in self.test["results"]:
            for wanted in row["resources"]:
                found = [each for each in self._resources if _is(each, row["kind"], wanted)]
                assert len(found) == 1, f"{self.name}: {len(found)} resources are {row['kind']} {wanted}"
                envelope = {"request": self._request(found[0], row.get("operation", "CREATE")), "world": self._world}
                claim = Row(row["policy"], row["rule"], row["result"], self._patched(row, wanted))
                yield Case(f"{row['kind']} {wanted}", self._envelope(envelope), claim)

    def _patched(self, row: Tree, wanted: str) -> Tree:
        """The object of a row's `patchedResources`, as a request holds it."""
        if "patchedResources" not in row:
            return None
        found = [each for each in self.documents(row["patchedResources"]) if _is(each, row["kind"], wanted)]
        assert len(found) == 1, f"{self.name}: {len(found)} patched resources are {row['kind']} {wanted}"
        return admission.creation(found[0])["object"]

    @cached_property
    def _resources(self) -> list[Tree]:
        return self.documents(*self.test["resources"])

    @cached_property
    def _world(self) -> Tree:
        """What the test file says about the surroundings, in the words of an envelope."""
        roles = {key: self._user.get(key) or [] for key in ("roles", "clusterRoles")}
        values = self.test.get("values") or {}
        namespaces = [_namespace(one) for one in values.get("namespaceSelector") or []]
        cluster = self.documents(*self.test.get("clusterResources") or ())
        objects = [*namespaces, *(thing for listed in cluster for thing in listed["spec"]["resources"])]
        return {**roles, **({"resources": objects} if objects else {})}

    @cached_property
    def _user(self) -> Tree:
        return self.document(self.test["userinfo"]) if "userinfo" in self.test else {}

    def _request(self, resource: Tree, operation: str) -> Tree:
        """The request of a row, as Kyverno's CLI makes it: an UPDATE changes nothing, a DELETE has an old object."""
        request = admission.creation(resource)
        thing = request["object"]
        new = None if operation == "DELETE" else thing
        old = None if operation == "CREATE" else thing
        user = self._user.get("userInfo") or request["userInfo"]
        return {**request, "operation": operation, "object": new, "oldObject": old, "userInfo": user}

    def _envelope(self, envelope: Tree) -> Tree:
        exceptions = self.documents(*self.test.get("exceptions") or ())
        return {
            "request": envelope["request"],
            "settings": {
                "policies": self.documents(*self.test["policies"]),
                "exceptions": exceptions,
                "deadlineMilliseconds": data.PATIENCE,
            },
            "options": {"format": "full"},
            "world": {**self.document("world.yaml"), **envelope.get("world", {})},
        }


def samples() -> Sequence[Sample]:
    """All samples, by name."""
    return [Sample(folder) for folder in sorted(ROOT.glob("*/*")) if folder.is_dir()]


def _is(resource: Tree, kind: str, wanted: str) -> bool:
    """Whether a row's `resources` entry, a name or `namespace/name`, is this resource."""
    namespace, _, name = wanted.rpartition("/")
    metadata = resource["metadata"]
    return (
        resource["kind"] == kind
        and metadata["name"] == name
        and namespace in ("", metadata.get("namespace", "default"))
    )


def _namespace(entry: Tree) -> Tree:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": entry["name"], "labels": entry["labels"]}}
