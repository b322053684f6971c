"""Baked modules give the native verdict for the same policies, to the byte: the samples, and golden rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import pytest

from kywarden import admission, protocol
from kywarden import settings as operator_settings
from kywarden.baking import description, oven
from kywarden.baking.subjects import Baking
from kywarden.errors import PolicyErrors
from kywarden.host.given import GivenHost
from kywarden.host.hosted import KubewardenHost
from kywarden.kinds.classic import autogen
from kywarden.wasm.runner import Module
from tests import data
from tests.conformance import golden
from tests.conformance.samples import samples
from tests.conftest import MODULE, needs_module
from tests.migrate.test_corpus import is_policy, public_files
from tests.requests_made import POD, needs_label, policy, rule
from tests.wasm import kubewarden

pytestmark = needs_module

MUTATE = {
    "name": "team",
    "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
    "mutate": {"patchStrategicMerge": {"metadata": {"labels": {"+(owner)": "nobody"}}}},
}
STEP, ROWS = 97, 40
"""Of the golden rows that can be baked, each so many-th, and so many of them."""


@dataclass(frozen=True)
class Batch:
    """Policies that are baked into one module, and the requests that it is asked."""

    policies: Sequence[Any]
    exceptions: Sequence[Any]
    questions: Sequence[Any]

    @cached_property
    def settings(self) -> Any:
        return {
            "policies": [*self.policies],
            "exceptions": [*self.exceptions],
            "deadlineMilliseconds": data.PATIENCE,
        }

    def differences(self) -> list[str]:
        """The questions that the module answers otherwise than the native engine, which is given the settings."""
        data = protocol.encode(self.settings)
        baking = Baking(tuple(self.policies), tuple(self.exceptions), protocol.bake(data).settings)
        loaf = oven.bake(MODULE.read_bytes(), baking, self.settings, version="1.2.3", annotations={})
        module = Module(loaf.module, cache=False)
        found = []
        for question in self.questions:
            native = protocol.handle("validate", protocol.encode({**question, "settings": self.settings}), GivenHost())
            outcome = module.run("validate", protocol.encode({**question, "settings": {}}), deadline=60)
            if outcome.stdout != native:
                found.append(f"{question['request']}\n  baked  {outcome.stdout!r}\n  native {native!r}")
        return found


def bakes(policies: Sequence[Any], exceptions: Sequence[Any]) -> bool:
    """Whether a host takes the policies; those are left out that ask what no host can answer."""
    try:
        protocol.bake(protocol.encode({"policies": [*policies], "exceptions": [*exceptions]}))
    except PolicyErrors:
        return False
    return True


def test_hosts_refuse_what_is_left_out() -> None:
    left_out = {sample.name for sample in samples() if not bakes(*documents_of(sample))}
    assert left_out == {"context/global-reference", "context/service-call"}


def documents_of(sample: Any) -> tuple[list[Any], list[Any]]:
    return sample.documents(*sample.test["policies"]), sample.documents(*sample.test.get("exceptions") or ())


def metadata_faults(policies: Sequence[Any], exceptions: Sequence[Any] = ()) -> list[str]:
    """What Kubewarden would not take in the metadata of a module with these documents."""
    return kubewarden.metadata_faults(
        description.of(Baking(tuple(policies), tuple(exceptions), operator_settings.Settings()), {})
    )


def test_the_metadata_of_every_sample_are_taken_by_kubewarden() -> None:
    found = {
        sample.name: metadata_faults(*documents_of(sample)) for sample in samples() if bakes(*documents_of(sample))
    }
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) > 40


@pytest.mark.corpus
def test_the_metadata_of_every_public_policy_are_taken_by_kubewarden() -> None:
    policies = [each.tree for documents in public_files() for each in documents if is_policy(each.tree)]
    possible = [tree for tree in policies if bakes([tree], [])]
    found = [(tree["metadata"]["name"], faults) for tree in possible if (faults := metadata_faults([tree]))]
    assert found == []
    assert len(possible) > 200


@pytest.mark.corpus
def test_a_baked_module_is_taken_by_a_host_and_answers_what_real_hosts_asked() -> None:
    """The requests are those that the recorded hosts wrote, to the byte, raw ones and broken ones among them."""
    rows = data.jsonl(data.CORPUS / "golden/host/runs.jsonl")
    stdins = sorted({row["stdin_seen"] for row in rows if str(row.get("stdin_seen", "")).startswith('{"request"')})
    policies = (policy(needs_label("owner"), name="labels"), policy(MUTATE, name="team"))
    settings = {"policies": [*policies], "deadlineMilliseconds": 60_000}
    baking = Baking(policies, (), protocol.bake(protocol.encode(settings)).settings)
    loaf = oven.bake(MODULE.read_bytes(), baking, settings, version="1.2.3", annotations={})
    assert list(kubewarden.module_faults(loaf.module)) == []
    module = Module(loaf.module, cache=False)
    for stdin in stdins:
        start = stdin.rindex(',"settings":')
        outcome = module.run("validate", f'{stdin[:start]},"settings":{{}}}}'.encode(), deadline=60)
        native = f'{stdin[:start]},"settings":{json.dumps(settings)}}}'.encode()
        assert outcome.succeeded, stdin
        assert outcome.stderr == b""
        assert outcome.stdout == protocol.handle("validate", native, GivenHost()), stdin
        assert kubewarden.answer_faults(outcome.stdout) == [], stdin
    assert len(stdins) > 20


@pytest.mark.parametrize("part", range(3))
def test_the_samples_are_judged_as_they_are_natively(part: int) -> None:
    chosen = [sample for sample in samples() if bakes(*documents_of(sample))][part::3]
    documents = [documents_of(sample) for sample in chosen]
    questions = [
        {key: case.envelope[key] for key in ("request", "options", "world")}
        for sample in chosen
        for case in sample.cases()
    ]
    batch = Batch(
        [each for policies, _ in documents for each in policies],
        [each for _, exceptions in documents for each in exceptions],
        questions,
    )
    assert len(questions) > 40
    assert not batch.differences()


@pytest.mark.corpus
def test_golden_rows_are_judged_as_they_are_natively() -> None:
    possible = (case for case in islice(golden.generated(), 0, None, STEP) if bakes(case.policies, case.exceptions))
    rows = list(islice(possible, ROWS))
    assert len(rows) == ROWS
    batch = Batch(
        [each for row in rows for each in row.policies],
        [each for row in rows for each in row.exceptions],
        [
            {"request": row.request, "options": {"format": "full", "semantics": row.semantics}, "world": row.world}
            for row in rows
        ],
    )
    assert not batch.differences()


def test_a_host_takes_exceptions_beside_the_baked_policies() -> None:
    """The same bytes as with both in settings."""
    sample = next(each for each in samples() if each.name == "exceptions/match")
    policies, exceptions = documents_of(sample)
    baked = protocol.bake(protocol.encode({"policies": policies, "deadlineMilliseconds": data.PATIENCE}))
    for case in sample.cases():
        asked = {**case.envelope, "settings": {"exceptions": exceptions}}
        assert protocol.handle("validate", protocol.encode(asked), KubewardenHost(), baked) == protocol.handle(
            "validate", case.data, GivenHost()
        )


def test_rules_named_as_if_they_were_generated_are_judged_as_they_are_natively() -> None:
    controllers = {"Pod": "v1", "Deployment": "apps/v1", "Service": "v1"}
    policies = []
    for annotation in ("Pod", "Deployment,Pod", "Deployment", "none"):
        for kind in controllers:
            match = rule(kinds=(kind,))["match"]
            named = {**needs_label("owner"), "name": "autogen-owner", "match": match}
            made = policy(named, needs_label("team"), {**needs_label("app"), "match": match})
            made["metadata"]["name"] = f"{kind}-{len(policies)}".lower()
            made["metadata"]["annotations"] = {autogen.ANNOTATION: annotation}
            policies.append(made)
    questions = [
        {"request": admission.creation({**POD, "apiVersion": version, "kind": kind}), "options": {"format": "full"}}
        for kind, version in controllers.items()
    ]
    assert not Batch(policies, [], questions).differences()
