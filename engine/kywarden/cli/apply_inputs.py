"""What `kywarden apply` is given, loaded in the order in which Kyverno loads it.

Source: cmd/cli/kubectl-kyverno/commands/apply/command.go.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kywarden.cli import streams
from kywarden.cli.drop_in import Refused
from kywarden.cli.flags import Parsed
from kywarden.cli.screen import visible
from kywarden.model.resources import group_version, text
from kywarden.testing import inputs, mocks, policies, resources, values
from kywarden.testing.files import Files, LoadError
from kywarden.testing.policies import LoadedPolicy, PolicyDocuments
from kywarden.testing.resources import Place
from kywarden.testing.served import EXCEPTIONS_ALONE
from kywarden.testing.surroundings import Surroundings
from kywarden.testing.values import Asker, Values
from kywarden.values.trees import Map, Tree

STDIN = "-"
NOTHING_PIPED = "nothing is piped in"
GLOBAL_CONTEXT = (("kyverno.io", "v2"), "GlobalContextEntry")


@dataclass(slots=True)
class Inputs:
    """Everything that a run of `apply` needs.

    places: of each resource; exceptions: as trees.
    """

    policies: list[LoadedPolicy]
    resources: list[Map]
    places: list[Place]
    payloads: list[Map]
    exceptions: list[Map]
    surroundings: Surroundings


def check_arguments(parsed: Parsed) -> None:
    """Refuse what does not go together."""
    given = {name: parsed.texts(name) for name in ("resource", "json", "http-payload", "envoy-payload", "crd-paths")}
    if parsed.text("values-file") and "set" in parsed.used:
        raise Refused("pass the values either using set flag or values_file flag")
    if not parsed.arguments:
        raise Refused("require policy")
    if STDIN in parsed.arguments and STDIN in given["resource"]:
        raise Refused("a stdin pipe can be used for either policies or resources, not both")
    if given["resource"] and given["json"]:
        raise Refused("both resource and json files can not be used together, use one or the other")
    judged = ("resource", "json", "http-payload", "envoy-payload")
    if not any(given[name] for name in judged) and not parsed.has("cluster"):
        raise Refused("resource file(s) or cluster required")
    if [path for path in given["crd-paths"] if path.strip()] and parsed.text("kubeconfig").strip():
        raise Refused("crd-paths and kubeconfig flags are mutually exclusive, please use only one of them")


def load(parsed: Parsed, files: Files, warnings: list[str]) -> Inputs:
    """Load everything; `Refused` in Kyverno's words. What is dropped without a word there is told in `warnings`."""
    asker = _asker(parsed, files)
    fixed = _values(parsed, files)
    try:
        # kyverno: an operation among the pairs of --set is not checked
        if parsed.text("values-file"):
            fixed.check_operation()
        found = _policies(parsed.arguments, files, warnings)
        targets = _resources(parsed.texts("target-resource"), parsed, files)
        parameters = _resources(parsed.texts("parameter-resource"), parsed, files)
        given = _resources(parsed.texts("resource"), parsed, files)
        if parsed.texts("resource")[:1] == [STDIN] and not streams.is_given():
            # kyverno: there are no resources then, without a word
            warnings.append(f"{STDIN} is left out: {NOTHING_PIPED}")
        payloads = _payloads(parsed.texts("json"), files)
        objects = [*given.resources, *targets.resources, *parameters.resources]
        _check_types(objects)
        context = [one for one in given.resources if (group_version(one), text(one, "kind")) == GLOBAL_CONTEXT]
        judged = [(one, place) for one, place in zip(given.resources, given.places, strict=True) if one not in context]
        global_context = mocks.cluster_context(context, objects)
        exceptions = _exceptions(parsed, files, found, [one for one, _ in judged])
        surroundings = Surroundings(
            # kyverno: resources are read with float64 integers, as `test` reads them
            "test",
            fixed,
            asker,
            objects,
            lookups=frozenset(("apiCall", *(("globalReference",) if context else ()))) if objects else frozenset(),
            global_context=global_context,
        )
        prepared = policies.prepare(found, exceptions)
    except LoadError as error:
        raise Refused(str(error)) from None
    return Inputs(
        prepared, [one for one, _ in judged], [place for _, place in judged], payloads, exceptions, surroundings
    )


def check_cluster(parsed: Parsed) -> None:
    """Refuse a configuration of the cluster that is not there, as Kyverno does before it connects."""
    path = parsed.text("kubeconfig")
    if parsed.has("cluster") and path and not Path(path).exists():
        raise Refused(f"stat {path}: no such file or directory")


def _asker(parsed: Parsed, files: Files) -> Asker | None:
    path = parsed.text("userinfo")
    if not path:
        return None
    try:
        asker, is_old = values.load_user(path, "", files)
    except LoadError as error:
        raise Refused(f"failed to load request info ({error})") from None
    if is_old:
        print(visible(values.old_user_warning(path)))
    return asker


def _values(parsed: Parsed, files: Files) -> Values:
    if not parsed.text("values-file"):
        return values.of_pairs(parsed.texts("set"))
    said: list[str] = []
    try:
        return values.load(parsed.text("values-file"), "", files, said)
    except LoadError as error:
        raise Refused(f"failed to decode yaml ({error})") from None
    finally:
        sys.stdout.write(visible("".join(f"{line}\n" for line in said)))


def _policies(paths: Sequence[str], files: Files, warnings: list[str]) -> PolicyDocuments:
    found = PolicyDocuments()
    for path in paths:
        if path.startswith(policies.ADDRESSES):
            raise _of_address(path)
        try:
            read = _piped_policies() if path == STDIN else policies.collect(path, files)
        except LoadError as error:
            read = PolicyDocuments(passed_over=str(error))
        if read.passed_over:
            # kyverno: the path is dropped without a word
            warnings.append(f"{path} is left out: {read.passed_over}")
        found.add(read)
    warnings.extend(f"{path}: a document is left out: {reason}" for path, reason in found.problems)
    return found


def _piped_policies() -> PolicyDocuments:
    return policies.read(STDIN, streams.text()) if streams.is_given() else PolicyDocuments(passed_over=NOTHING_PIPED)


def _of_address(path: str) -> LoadError:
    parts = path.partition("://")[2].partition("/")[2].split("/")
    if len(parts) < 2:
        return LoadError(
            f"failed to parse URL (invalid URL path /{'/'.join(parts)} - expected https://<any_git_source_domain>/:owner/"
            ":repository/:branch (without --git-branch flag) OR https://<any_git_source_domain>/:owner/:repository/"
            ":directory (with --git-branch flag))"
        )
    return LoadError("failed to clone repository (kywarden clones no repositories: clone it and name the directory)")


def _resources(paths: Sequence[str], parsed: Parsed, files: Files) -> resources.Loaded:
    if paths and paths[0] == STDIN:
        if not streams.is_given():
            return resources.Loaded([], [], [])
        try:
            found = resources.of_text(streams.text())
        except LoadError as error:
            raise LoadError(f"failed to load resources (failed to extract the resources ({error}))") from None
        return resources.Loaded(found, [], [Place("", 1)] * len(found))
    try:
        loaded = resources.load(paths, files)
    except LoadError as error:
        raise LoadError(f"failed to load resources ({error})") from None
    if not parsed.has("policy-report"):
        sys.stdout.write(visible("".join(loaded.complaints)))
    return loaded


def _payloads(paths: Sequence[str], files: Files) -> list[Map]:
    found: list[Map] = []
    for path in paths:
        try:
            payload: Tree = inputs.load_payload(posixpath.normpath(path), files)
        except LoadError as error:
            raise LoadError(f"failed to load JSON payload ({error})") from None
        if not isinstance(payload, dict):
            raise LoadError(f"failed to load JSON payload ({path} must be an object)")
        found.append(payload)
    return found


def _check_types(objects: Sequence[Map]) -> None:
    for one in objects:
        if not text(one, "apiVersion") or not text(one, "kind"):
            key = "/".join(resources.key(one)[2:])
            version, kind = text(one, "apiVersion"), text(one, "kind")
            raise LoadError(
                "failed to create local resource client: resource"
                f' {key} is missing TypeMeta (apiVersion="{version}" kind="{kind}")'
            )


def _exceptions(parsed: Parsed, files: Files, found: PolicyDocuments, given: Sequence[Map]) -> list[Map]:
    if parsed.has("exceptions-within-resources") or parsed.has("exceptions-with-resources"):
        chosen = [one for one in given if (text(one, "apiVersion"), text(one, "kind")) in EXCEPTIONS_ALONE]
    else:
        try:
            chosen = inputs.load_exceptions(parsed.texts("exception"), files)
        except LoadError as error:
            # kyverno: the word stands twice
            raise LoadError(f"Error: failed to load exceptions ({error})") from None
    return [*chosen, *(found.exceptions if parsed.has("exceptions-within-policies") else ())]
