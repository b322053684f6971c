"""Why a rule is not about a request: the clause of match or exclude, and what the request has there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kywarden.errors import EvaluationError
from kywarden.explaining.statement import Statement
from kywarden.explaining.words import shown
from kywarden.judging.candidate import Candidate
from kywarden.judging.selection import Clause, Selection
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_places import Place
from kywarden.values.yaml_tree import Path, part


def statements(
    selection: Selection,
    candidate: Candidate,
    rule: Map,
    in_policy: Callable[[Path], Place | None],
    in_resource: Callable[[Path], Place | None],
) -> list[Statement]:
    """The clauses that decide; `rule`: its tree, of which in_policy gives places."""
    try:
        clauses = selection.hindrances(candidate)
    except EvaluationError as error:
        return [Statement("match", f"match cannot be told: {error}", policy=in_policy(("match",)))]
    return [_statement(clause, candidate, rule, in_policy, in_resource) for clause in clauses]


def _statement(
    clause: Clause,
    candidate: Candidate,
    rule: Map,
    in_policy: Callable[[Path], Place | None],
    in_resource: Callable[[Path], Place | None],
) -> Statement:
    filter_path: Path = (clause.block, *clause.place)

    def of(attribute: str, said: str) -> Statement:
        path = _attribute_path(filter_path, attribute)
        has, resource = _HAS[attribute](candidate)
        text = f"{said}{attribute} {_listed(part(rule, path))}; {has}"
        return Statement("match", text, policy=in_policy(path), resource=in_resource(resource) if resource else None)

    if clause.attribute:
        return of(clause.attribute, "match asks for ")
    where = f"exclude{''.join(f'.{step}' if isinstance(step, str) else f'[{step}]' for step in clause.place)}"
    met = [of(name, "") for name in _HAS if part(rule, _attribute_path(filter_path, name))]
    return Statement("match", f"{where} takes the request out", policy=in_policy(filter_path), inner=met)


def _attribute_path(filter_path: Path, attribute: str) -> Path:
    inside = () if attribute in ("roles", "clusterRoles", "subjects") else ("resources",)
    return (*filter_path, *inside, attribute)


def _listed(asked: Tree) -> str:
    if isinstance(asked, list) and all(isinstance(item, str) for item in asked):
        return ", ".join(str(item) for item in asked)
    return shown(asked)


def _kind(candidate: Candidate) -> tuple[str, Path]:
    kind = candidate.kind
    version = f"{kind.group}/{kind.version}" if kind.group else kind.version
    sub = f" and its subresource {candidate.subresource}" if candidate.subresource else ""
    return f"the request is about {version}/{kind.kind or kind.resource}{sub}", ("kind",)


def _name(candidate: Candidate) -> tuple[str, Path]:
    return f"the object is called {shown(candidate.name)}", ("metadata", "name")


def _namespace(candidate: Candidate) -> tuple[str, Path]:
    namespace = candidate.listed_namespace
    has = f"the object is in {namespace}" if namespace else "the object is in no namespace"
    return has, ("metadata", "namespace")


def _tags(name: str) -> Callable[[Candidate], tuple[str, Path]]:
    def has(candidate: Candidate) -> tuple[str, Path]:
        tags = candidate.labels if name == "labels" else candidate.annotations
        return (f"the object has {name} {shown({**tags})}" if tags else f"the object has no {name}", ("metadata", name))

    return has


def _namespace_labels(candidate: Candidate) -> tuple[str, Path]:
    if candidate.resource_kind == "Namespace":
        return "a Namespace itself never passes it", ("kind",)
    labels = candidate.namespace_labels
    return f"the namespace has {f'labels {shown({**labels})}' if labels else 'no labels'}", ()


def _user(candidate: Candidate) -> tuple[str, Path]:
    groups = f" of {', '.join(candidate.groups)}" if candidate.groups else ""
    return f"the request comes from {candidate.username or 'nobody'}{groups}", ()


def _roles(candidate: Candidate) -> tuple[str, Path]:
    roles = [*candidate.roles.roles, *candidate.roles.cluster_roles]
    return f"who asks has {', '.join(roles) if roles else 'no roles'}", ()


_HAS: Mapping[str, Callable[[Candidate], tuple[str, Path]]] = {
    "kinds": _kind,
    "name": _name,
    "names": _name,
    "namespaces": _namespace,
    "annotations": _tags("annotations"),
    "selector": _tags("labels"),
    "namespaceSelector": _namespace_labels,
    "operations": lambda candidate: (f"the operation is {candidate.operation}", ()),
    "subjects": _user,
    "roles": _roles,
    "clusterRoles": _roles,
}
"""What the candidate has, in words, and where that is in the object, by the attribute."""
