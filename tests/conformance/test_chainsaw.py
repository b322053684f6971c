"""The upstream end-to-end tests: the verdict on each request of a supported topic, as the real cluster gave it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance import chainsaw

pytestmark = pytest.mark.corpus

PATCH = "the recorded object is the body of a patch, which the API server had merged into the old object"
DEFAULT = "the API server sets a default that the recorded object lacks"
OTHERS = "no rule of the policy speaks against it; the record does not say who refused"
MISSING = "the recorded cluster lacks an object that the real one had"
UNRECORDED = "what the request asked the cluster for is not recorded"
TOKEN = "the API server adds the volume of the service account's token"
EMPTY = "the API server drops the empty list that is left"

KNOWN = {
    "policies/external-secret-operator/add-external-secret-prefix#2": DEFAULT,
    "policies/other/add-node-affinity#2": DEFAULT,
    "policies/other/add-node-affinity#3": DEFAULT,
    "policies/other/add-node-affinity#4": DEFAULT,
    "policies/other/add-volume-deployment#2": DEFAULT,
    "policies/best-practices/require-drop-cap-net-raw#11": OTHERS,
    "policies/linkerd/check-linkerd-authorizationpolicy#3": MISSING,
    "policies/other/advanced-restrict-image-registries#6": "the request was made in another namespace",
    "policies/other/allowed-label-changes#10": PATCH,
    "policies/other/allowed-label-changes#12": PATCH,
    "policies/other/allowed-label-changes#13": PATCH,
    "policies/other/allowed-label-changes#14": PATCH,
    "policies/other/allowed-label-changes#15": PATCH,
    "policies/other/allowed-label-changes#16": PATCH,
    "policies/other/allowed-label-changes#17": PATCH,
    "policies/other/block-pod-exec-by-pod-label#3": "the request was made in another namespace",
    "policies/other/block-pod-exec-by-pod-label#4": "the request was made in another namespace",
    "policies/other/block-pod-exec-by-pod-label#5": "the request was made in another namespace",
    "policies/other/check-serviceaccount#4": "the request was made by a service account, recorded is another user",
    "policies/other/check-subjectaccessreview#3": UNRECORDED,
    "policies/other/imagepullpolicy-always#4": DEFAULT,
    "policies/other/imagepullpolicy-always#5": DEFAULT,
    "policies/other/imagepullpolicy-always#9": DEFAULT,
    "policies/other/imagepullpolicy-always#10": DEFAULT,
    "policies/other/kubernetes-version-check#2": UNRECORDED,
    "policies/other/limit-hostpath-vols#6": TOKEN,
    "policies/other/record-creation-details#2": "the assertion has a variable of the test that is not recorded",
    "policies/other/record-creation-details#3": "the assertion has a variable of the test that is not recorded",
    "policies/other/remove-serviceaccount-token#5": TOKEN,
    "policies/other/require-image-checksum#15": OTHERS,
    "policies/other/require-imagepullsecrets#10": OTHERS,
    "policies/other/resource-creation-updating-denied#2": "the policy audits until a step that is not recorded",
    "policies/other/restrict-pod-controller-serviceaccount-updates#7": PATCH,
    "policies/other/restrict-pod-controller-serviceaccount-updates#8": PATCH,
    "policies/other/restrict-storageclass#4": DEFAULT,
    "policies/pod-security/subrule/restricted/restricted-exclude-capabilities#82": OTHERS,
    "kyverno/exceptions/psa-run-as-non-root#4": "the request was made in another namespace",
    "kyverno/globalcontext/apicall-failed#3": UNRECORDED,
    "kyverno/mutate/policy/cornercases/foreach-remove-elements#2": TOKEN,
    "kyverno/mutate/refactor/foreach/remove-multiple-elements-in-descending-order#2": EMPTY,
    "kyverno/mutate/refactor/nested-foreach/remove-all-env-vars#2": EMPTY,
    "kyverno/mutate/refactor/simple/remove-multiple-elements-in-descending-order#2": TOKEN,
    "kyverno/validate/anchors/conditional#3": MISSING,
    "kyverno/validate/anchors/conditional-deprecated#3": MISSING,
    "kyverno/validate/clusterpolicy/cornercases/psa-run-as-non-root#3": "the request was made in another namespace",
    "kyverno/validate/clusterpolicy/standard/enforce/block-pod-exec-requests#2": MISSING,
    "kyverno/validate/clusterpolicy/standard/enforce-deprecated/block-pod-exec-requests#2": MISSING,
    "kyverno/validate/clusterpolicy/standard/enforce/enforce-validate-existing-deny#3": "a text of a former step",
}
"""Requests whose record cannot give the cluster's answer, each with the reason; the table is exact."""


def test_every_request_gets_the_verdict_of_the_cluster(record_property: Callable[[str, object], None]) -> None:
    differences = {}
    count = asserted = 0
    for row in chainsaw.triples():
        count += 1
        asserted += bool(row["expect"].get("mutated"))
        if difference := chainsaw.differs(row, chainsaw.ask(row)):
            differences[row["id"]] = difference
    table = f"{count} requests, {asserted} of them with assertions about the mutated object"
    record_property("table", f"{table}, {count - len(differences)} as the cluster, {len(differences)} listed")
    assert {name: text for name, text in differences.items() if name not in KNOWN} == {}
    assert set(KNOWN) == set(differences)
    assert (count, asserted) == (2254, 160)
