"""One test run: everything it names is loaded, every policy applied to every resource, every result checked.

The lines that Kyverno prints on the way are kept in order; what cannot be loaded ends this test, not the run.
Source: cmd/cli/kubectl-kyverno/commands/test/test.go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kywarden.errors import Timeout
from kywarden.kinds.classic.trees import maps, one_map, texts
from kywarden.testing import application, documents, inputs, mocks, policies, resources, values
from kywarden.testing.application import Outcome
from kywarden.testing.comparison import Comparison, Key, Row, Triggers
from kywarden.testing.files import Files, LoadError, joined
from kywarden.testing.manifest import Expectation, Manifest
from kywarden.testing.policies import PolicyDocuments
from kywarden.testing.surroundings import Surroundings
from kywarden.testing.values import OPERATIONS, Asker, Values
from kywarden.values.trees import Map


@dataclass(slots=True)
class Report:
    """What came out of one test: the lines on the way, the rows, and why it could not be run (empty when it could)."""

    path: str
    lines: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    error: str = ""


def run(
    manifest: Manifest, expectations: Sequence[Expectation], files: Files, colour: Callable[[str, str], str]
) -> Report:
    """Run a test and check these of its results; `colour` marks differences for a terminal."""
    report = Report(manifest.path)
    try:
        test = _Test(manifest, files, report.lines)
        triggers = test.triggers()
        report.lines.append("  Checking results ...")
        comparison = Comparison(test.policies, triggers, manifest.folder, files, colour)
        report.rows = comparison.check(expectations)
    except (LoadError, Timeout) as error:
        report.error = f"failed to run test ({error})"
    return report


class _Test:
    """Everything that a test names, loaded in Kyverno's order."""

    def __init__(self, manifest: Manifest, files: Files, out: list[str]) -> None:
        self.manifest = manifest
        self.files = files
        out.append(f"Loading test {manifest.name} ( {manifest.path} ) ...")
        out.append("  Loading values/variables ...")
        self.values = self._values(out)
        self.asker = self._asker(out)
        out.append("  Loading policies ...")
        found = self._policies(out)
        out.append("  Loading resources ...")
        self.resources, again = resources.unique(self._resources(manifest.resources, out, "resources"))
        out.extend(f"  warning: found duplicated resource {' '.join(_named(one))}" for one in again)
        self.payloads = self._payloads(out)
        targets = self._resources(manifest.targets, out, "target resources")
        parameters = self._resources(manifest.parameters, out, "parameter resources")
        self.objects = [*self.resources, *targets, *parameters, *self._cluster(out)]
        out.append("  Loading exceptions ...")
        exceptions = self._exceptions()
        self.surroundings = self._surroundings()
        self.policies = policies.prepare(found, exceptions)
        out.append(
            f"  Applying {_counted(len(self.policies), 'policy', 'policies')} to"
            f" {_counted(len(self.resources), 'resource', 'resources')} with"
            f" {_counted(len(exceptions), 'exception', 'exceptions')} ..."
        )

    def triggers(self) -> Triggers:
        """The outcomes for each resource, and again for each operation that a result names."""
        self.values.check_operation()
        operations = sorted({self._operation(one) for one in self.manifest.results} - {""})
        outcomes: dict[Key, Sequence[Outcome]] = {}
        by_operation: dict[str, dict[Key, Sequence[Outcome]]] = {operation: {} for operation in operations}
        for resource in self.resources:
            key = resources.key(resource)
            outcomes[key] = self._apply(resource, "")
            for operation in operations:
                by_operation[operation][key] = self._apply(resource, operation)
        for name in (*self.payloads, *self.manifest.http_payloads, *self.manifest.envoy_payloads):
            # kyverno: classic policies say nothing about a payload
            runnable = [policy for policy in self.policies if policy.program is not None]
            outcomes["", "", "", name] = [Outcome(policy, {}, {}, ()) for policy in runnable]
        return Triggers(outcomes, by_operation)

    def _apply(self, resource: Map, operation: str) -> Sequence[Outcome]:
        try:
            request = self.surroundings.request(resource, operation)
            world = self.surroundings.world(resource, operation)
            return list(application.apply(self.policies, request, world))
        except (LoadError, Timeout) as error:
            raise LoadError(f"failed to apply policies on resource {resources.told(resource)} ({error})") from None

    def _operation(self, expectation: Expectation) -> str:
        operation = expectation.operation
        attempt = f"invalid test result for policy {expectation.policy}: "
        if operation not in ("", *OPERATIONS):
            raise LoadError(f'{attempt}invalid operation "{operation}", must be one of CREATE, UPDATE, DELETE')
        if operation and expectation.deletes:
            raise LoadError(f"{attempt}operation is not supported for deleting policies")
        return operation

    def _values(self, out: list[str]) -> Values:
        if self.manifest.values is not None:
            return Values(self.manifest.values)
        if not self.manifest.variables:
            return Values()
        try:
            return values.load(self.manifest.variables, self.manifest.folder, self.files, out)
        except LoadError as error:
            raise LoadError(f"failed to decode yaml ({error})") from None

    def _asker(self, out: list[str]) -> Asker | None:
        name = self.manifest.userinfo
        if not name:
            return None
        out.append("  Loading user infos ...")
        try:
            asker, is_old = values.load_user(name, self.manifest.folder, self.files)
        except LoadError as error:
            raise LoadError(f"error: failed to load request info ({error})") from None
        if is_old:
            out.append(values.old_user_warning(name))
            raise LoadError(f"userInfo file {name} uses a deprecated schema — please migrate to the latest format")
        return asker

    def _policies(self, out: list[str]) -> PolicyDocuments:
        found = PolicyDocuments()
        try:
            for name in self.manifest.policies:
                found.add(policies.collect(joined(self.manifest.folder, name), self.files))
        except LoadError as error:
            raise LoadError(f"error: failed to load policies ({error})") from None
        out.extend(f"  ERROR: {path}: {reason}" for path, reason in found.problems)
        return found

    def _resources(self, names: Sequence[str], out: list[str], what: str) -> list[Map]:
        try:
            loaded = resources.load([joined(self.manifest.folder, name) for name in names], self.files)
        except LoadError as error:
            raise LoadError(f"error: failed to load {what} ({error})") from None
        out.extend(complaint.removesuffix("\n") for complaint in loaded.complaints)
        return loaded.resources

    def _payloads(self, out: list[str]) -> dict[str, Map]:
        """The JSON payloads by the names that results use."""
        found: dict[str, Map] = {}
        if self.manifest.payloads:
            out.append("  Loading JSON payloads ...")
        for name in self.manifest.payloads:
            try:
                payload = inputs.load_payload(joined(self.manifest.folder, name), self.files)
            except LoadError as error:
                raise LoadError(f"error: failed to load JSON payload {name} ({error})") from None
            if not isinstance(payload, dict):
                reason = "is empty or nil" if payload is None else "must be a top-level object (map)"
                raise LoadError(f"error: JSON payload {name} {reason}")
            found[name] = payload
        return found

    def _cluster(self, out: list[str]) -> list[Map]:
        """The objects of the made-up cluster."""
        found: list[Map] = []
        if self.manifest.cluster_resources:
            out.append("Loading Kubernetes resources ...")
        for name in self.manifest.cluster_resources:
            try:
                tree = documents.read(self.files.text(joined(self.manifest.folder, name)), documents.CLUSTER_RESOURCE)
            except LoadError as error:
                raise LoadError(f"error: failed to load Kubernetes resources: {error}") from None
            spec = one_map(tree.get("spec"))
            for path in texts(spec.get("crds")):
                found.extend(self._definitions(joined(self.manifest.folder, path)))
            found.extend(maps(spec.get("resources")))
        return found

    def _definitions(self, path: str) -> list[Map]:
        try:
            return maps(self.files.documents(path))
        except LoadError as error:
            raise LoadError(f"error: failed to load CRDs from path {path}: {error}") from None

    def _exceptions(self) -> list[Map]:
        paths = [joined(self.manifest.folder, name) for name in self.manifest.exceptions]
        try:
            return inputs.load_exceptions(paths, self.files)
        except LoadError as error:
            raise LoadError(f"error: failed to load exceptions ({error})") from None

    def _surroundings(self) -> Surroundings:
        manifest = self.manifest
        clustered = bool(manifest.cluster_resources)
        lookups = {
            *(("configMap", "apiCall") if clustered else ()),
            *(("apiCall",) if manifest.calls else ()),
            *(("globalReference",) if manifest.global_context else ()),
        }
        return Surroundings(
            "test",
            self.values,
            self.asker,
            self.objects,
            clustered,
            frozenset(lookups),
            calls=mocks.calls(manifest.calls),
            failing=mocks.failing_calls(manifest.calls),
            global_context=mocks.global_context(manifest.global_context, manifest.folder, self.files),
        )


def _named(resource: Map) -> tuple[str, str, str]:
    key = resources.key(resource)
    return key[1], key[3], key[2]


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
