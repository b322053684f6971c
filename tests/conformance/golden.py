"""The golden rows as cases: an envelope and what the real Kyverno answered.

A case is plain data, so that any implementation can be asked: the native evaluator (programs loaded once per policy
file) and the module (the envelope as bytes).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from kywarden import admission, evaluator, loader, protocol
from kywarden.errors import PolicyErrors
from kywarden.host.given import GivenHost
from kywarden.kinds.program import Program
from kywarden.loader import Source
from kywarden.testing import manifest, resources, values
from kywarden.testing import mocks as testing_mocks
from kywarden.testing.files import Files, joined
from kywarden.testing.inputs import load_exceptions
from kywarden.testing.manifest import Manifest
from kywarden.testing.surroundings import request_tree
from kywarden.testing.values import Values
from kywarden.values import yaml_text
from tests import data

Tree: TypeAlias = Any
Answer: TypeAlias = dict[str, Any]

CORPUS = data.CORPUS / "corpus"
FILES = Files()


@dataclass(frozen=True)
class Case:
    """One golden row.

    topic: of a generated case, else the first folder of its policy; policies, exceptions: trees; key: equal for cases
    that share policies and exceptions, so that they are loaded once; expected: the row's answer.
    """

    name: str
    topic: str
    key: str
    policies: list[Tree]
    exceptions: list[Tree]
    request: Tree
    world: Tree
    semantics: str
    expected: Answer

    def envelope(self) -> Answer:
        return {
            "request": self.request,
            "settings": {
                "policies": self.policies,
                "exceptions": self.exceptions,
                "deadlineMilliseconds": data.PATIENCE,
            },
            "options": {"format": "full", "semantics": self.semantics},
            "world": self.world,
        }


def generated(op: str = "admit") -> Iterator[Case]:
    """The generated cases of one kind."""
    for number, row in enumerate(data.cases()):
        if row["op"] != op:
            continue
        expected = {key: row.get(key) for key in ("allowed", "message", "warnings", "patched", "webhook")}
        rules = [[*rule, ""][:6] for rule in row.get("rules") or []]
        world: Answer = {
            "resources": row.get("clusterResources") or [],
            "namespaceLabels": row.get("namespaceLabels") or {},
            "roles": row.get("roles") or [],
            "clusterRoles": row.get("clusterRoles") or [],
        }
        request = row["request"] if op == "admit" else command_line_request(row["resource"], None)
        yield Case(
            f"generated {number} ({row['topic']})",
            row["topic"],
            f"generated {number}",
            row["policies"],
            row.get("exceptions") or [],
            request,
            world,
            "admission" if op == "admit" else "apply",
            {**expected, "rules": rules},
        )


def corpus(op: str = "admit") -> Iterator[Case]:
    """The rows over the public corpora of one kind; rows on which Kyverno crashed or evaluated nothing are left out."""
    recipe = data.recipe()
    for number, row in enumerate(data.golden()):
        if row["op"] != op or "error" in row:
            continue
        resource = documents(row["resource"])[row["index"]]
        former = documents(row["resource"])[row["former"]] if "former" in row else None
        around = surroundings(row.get("test"), recipe.namespace_of(resource))
        policies = documents(row["policy"])
        if row.get("enforced"):
            policies = enforced(row["policy"])
        rules = [[*rule, ""][:6] for rule in row.get("rules") or []]
        yield Case(
            f"corpus {number} ({row['policy']}, {row['resource']}[{row['index']}], {row.get('operation', op)})",
            "/".join(row["policy"].split("/")[:2]),
            f"{row['policy']} {row.get('enforced')} {row.get('test')}",
            policies,
            around.exceptions,
            recipe.admission_request(resource, row["operation"], former, around.user)
            if op == "admit"
            else command_line_request(resource, around.user, around.values),
            around.world(op),
            "admission" if op == "admit" else op,
            {**{key: row.get(key) for key in ("allowed", "message", "warnings", "patched")}, "rules": rules},
        )


@dataclass(frozen=True)
class Surroundings:
    labels: dict[str, str]
    user: Tree
    roles: list[str]
    cluster_roles: list[str]
    exceptions: list[Tree]
    resources: list[Tree]
    values: Values
    mocks: Tree

    def world(self, op: str) -> Tree:
        world: Answer = {"namespaceLabels": self.labels, "roles": self.roles, "clusterRoles": self.cluster_roles}
        if op == "admit" or self.resources:
            world["resources"] = self.resources
        if op != "admit":
            world["values"] = self.values.spec
            world |= {key: value for key, value in self.mocks.items() if value}
        return world


def command_line_request(resource: Tree, user: Tree, fixed: Values | None = None) -> Tree:
    """The request as which `kyverno apply` takes a resource."""
    return request_tree(resources.prepared(resource), fixed or Values(), user)


def surroundings(test: str | None, namespace: str) -> Surroundings:
    """What the kyverno-test.yaml of a row adds to its request."""
    if test is None:
        return Surroundings({}, None, [], [], [], [], Values(), {})
    found = manifest.read(str(CORPUS / test), FILES)[0]
    assert isinstance(found, Manifest)
    fixed = Values(found.values or {})
    if found.variables and found.values is None:
        fixed = values.load(found.variables, found.folder, FILES, [])
    asker = values.load_user(found.userinfo, found.folder, FILES)[0] if found.userinfo else None
    listed = [tree for name in found.cluster_resources for tree in FILES.documents(joined(found.folder, name))]
    mocks = {
        "calls": testing_mocks.calls(found.calls),
        "globalContext": testing_mocks.global_context(found.global_context, found.folder, FILES),
    }
    return Surroundings(
        fixed.namespace_labels(namespace),
        asker.user if asker else None,
        asker.roles if asker else [],
        asker.cluster_roles if asker else [],
        load_exceptions([joined(found.folder, name) for name in found.exceptions], FILES),
        [
            one
            for tree in listed
            for one in (tree["spec"]["resources"] if tree["kind"] == "ClusterResource" else [tree])
        ],
        fixed,
        mocks,
    )


@cache
def documents(path: str) -> list[Tree]:
    """The documents of a corpus file, as Kubernetes reads YAML."""
    text = (CORPUS / path).read_text(encoding="utf-8")
    return [document.tree for document in yaml_text.load_all(text)]


@cache
def enforced(path: str) -> list[Tree]:
    return [data.recipe().enforced(policy) for policy in documents(path)]


@dataclass
class Report:
    """What a comparison found: rows by topic, what was left out and why, and every difference."""

    equal: Counter[str] = field(default_factory=Counter)
    different: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def table(self) -> str:
        lines = [f"{'topic':40} {'equal':>7} {'differ':>7}"]
        for topic in sorted({*self.equal, *self.different}):
            lines.append(f"{topic:40} {self.equal[topic]:7} {self.different[topic]:7}")
        lines.append(f"{'all':40} {self.equal.total():7} {self.different.total():7}")
        lines.extend(f"{count:6} {reason}" for reason, count in self.refused.most_common())
        return "\n".join(lines)


Implementation: TypeAlias = Callable[[Case], Answer]


def native(case: Case) -> Answer:
    """The native evaluator, with programs loaded once for all cases that share policies."""
    programs = load(case)
    if isinstance(programs, PolicyErrors):
        return protocol.refusal(programs)
    world = GivenHost().world(case.world, data.PATIENCE)
    semantics = protocol.read_options({"semantics": case.semantics}).semantics
    request = admission.read(case.request, semantics)
    return protocol.response(evaluator.evaluate(programs, request, world), "full")


_loaded: dict[str, tuple[Program, ...] | PolicyErrors] = {}


def load(case: Case) -> tuple[Program, ...] | PolicyErrors:
    """The programs of a case, or why its policies are refused."""
    found = _loaded.get(case.key)
    if found is None:
        _loaded.clear()  # cases that share policies stand together
        try:
            found = loader.load(Source(tree) for tree in [*case.policies, *case.exceptions])
        except PolicyErrors as errors:
            found = errors
        _loaded[case.key] = found
    return found


def refused(case: Case) -> bool:
    """Whether the policies of a case are not supported."""
    return isinstance(load(case), PolicyErrors)


def compare(cases: Iterable[Case], ask: Implementation) -> Report:
    """Ask an implementation about all supported cases."""
    report = Report()
    for case in cases:
        programs = load(case)
        if isinstance(programs, PolicyErrors):
            for problem in programs.problems[:1]:
                report.refused[f"{'not supported' if problem.unsupported else 'refused'}: {problem.reason}"] += 1
            continue
        difference = differs(case.expected, ask(case))
        if not difference:
            report.equal[case.topic] += 1
        else:
            report.different[case.topic] += 1
            report.differences.append(f"{case.name}: {difference}")
    return report


def differs(expected: Answer, answer: Answer) -> str:
    """The first thing in which an answer differs from Kyverno's, empty when it does not."""
    rules = [
        [rule[key] for key in ("policy", "rule", "type", "status", "message", "phase")]
        for rule in answer.get("rules", [])
    ]
    if answer.get("code"):
        return f"refused: {answer['message']}"
    if [rule[:4] + rule[5:] for rule in rules] != [rule[:4] + rule[5:] for rule in expected["rules"]]:
        return f"rules\n  ours    {rules}\n  kyverno {expected['rules']}"
    if rules != expected["rules"]:
        ours, theirs = next((a, b) for a, b in zip(rules, expected["rules"], strict=True) if a != b)
        return f"rule message\n  ours    {ours}\n  kyverno {theirs}"
    if expected.get("allowed") is None:  # the command line answers rule by rule only
        return ""
    if answer["accepted"] != expected["allowed"]:
        return f"allowed: ours {answer['accepted']}, kyverno {expected['allowed']}"
    for ours, theirs in (("message", "message"), ("warnings", "warnings")):
        if (answer.get(ours) or None) != (expected.get(theirs) or None):
            return f"{ours}\n  ours    {answer.get(ours)!r}\n  kyverno {expected.get(theirs)!r}"
    if expected.get("patched") is not None or answer.get("mutated_object") is not None:
        canonical = data.recipe().canonical
        if canonical(answer.get("mutated_object")) != canonical(expected.get("patched")):
            return f"patched\n  ours    {answer.get('mutated_object')}\n  kyverno {expected.get('patched')}"
    return ""
