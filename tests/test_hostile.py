"""Policies and requests that would break a naive evaluator: bounded time, a clear answer, never an accept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from kywarden import admission, protocol
from kywarden.baking import oven
from kywarden.baking.subjects import Baking
from kywarden.host.given import GivenHost
from kywarden.wasm.runner import Module
from tests.conftest import MODULE
from tests.requests_made import POD, envelope, policy, rule

Answer = dict[str, Any]
SECONDS = 5
"""An upper bound that tells bounded from unbounded, not a measure of speed; the deadline is 0.8 s."""


def denying(key: str, name: str = "check", **more: Any) -> dict[str, Any]:
    """A rule that denies when an expression is true, and whose errors deny as well."""
    made = rule(name, message="no", deny={"conditions": {"any": [{"key": key, "operator": "Equals", "value": True}]}})
    return {**made, **more}


def judged(*rules: dict[str, Any], resource: dict[str, Any] = POD) -> dict[str, Any]:
    return {**envelope(admission.creation(resource)), "settings": {"policies": [policy(*rules)]}}


def pod_with(**spec: Any) -> dict[str, Any]:
    return {**POD, "spec": {**POD["spec"], **spec}}


def labelled(**labels: str) -> dict[str, Any]:
    return {**POD, "metadata": {**POD["metadata"], "labels": labels}}


def nested(depth: int) -> Any:
    tree: Any = "x"
    for _ in range(depth):
        tree = {"a": tree}
    return tree


def in_lists(tree: Any, depth: int) -> Any:
    for _ in range(depth):
        tree = {"apiVersion": "v1", "kind": "List", "items": [tree, None]}
    return tree


def mutating(name: str = "change", **mutate: Any) -> dict[str, Any]:
    made = rule(name)
    del made["validate"]
    return {**made, "mutate": mutate}


def written(text: str) -> dict[str, Any]:
    """A policy as YAML text in the settings."""
    return {"request": admission.creation(POD), "settings": {"policy": text}}


DEEP = 105
"""About as deep as a document may be, below the paths of a policy."""
ALWAYS = denying("{{ to_boolean('true') }}", "last")
CONTAINERS = [{"name": f"c{n}", "image": "i"} for n in range(3000)]
INJECTED = "{{ request.object.metadata.annotations.a }}"
HOSTILE: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "a regex that explodes under backtracking": (
        lambda: judged(
            denying("{{ regex_match('^(a+)+$', request.object.metadata.labels.a) == `false` }}"),
            resource=labelled(a="a" * 5000 + "b"),
        ),
        "no",
    ),
    "a regex that is quadratic by nature": (
        lambda: judged(
            denying("{{ regex_match('(x{0,500}y{0,500}){0,3}z', request.object.metadata.labels.a) == `false` }}"),
            resource=labelled(a="xy" * 5000),
        ),
        "",
    ),
    "an expression 2,000 deep": (lambda: judged(denying("{{ " + "(" * 2000 + "a" + ")" * 2000 + " }}")), "deep"),
    "an expression of 2,000 dots": (lambda: judged(denying("{{ request" + ".a" * 2000 + " }}")), ""),
    "a variable that yields itself": (
        lambda: judged(
            denying(f"x {INJECTED}"),
            resource={**POD, "metadata": {**POD["metadata"], "annotations": {"a": f"x {INJECTED}"}}},
        ),
        "",
    ),
    "a variable that doubles at each step": (
        lambda: judged(
            denying(f"x {INJECTED}"),
            resource={**POD, "metadata": {**POD["metadata"], "annotations": {"a": f"{INJECTED} {INJECTED}"}}},
        ),
        "",
    ),
    "a context entry that mentions itself": (
        lambda: judged(denying("{{ loop }}", context=[{"name": "loop", "variable": {"value": "{{ loop }}"}}])),
        "",
    ),
    "a foreach over 100,000 elements": (
        lambda: judged(
            rule(
                message="no",
                foreach=[
                    {
                        "list": "request.object.spec.items",
                        "deny": {
                            "conditions": {"any": [{"key": "{{ element }}", "operator": "Equals", "value": "y"}]}
                        },
                    }
                ],
            ),
            resource=pod_with(items=["x"] * 100_000 + ["y"]),
        ),
        "",
    ),
    "a foreach in a foreach in a foreach": (
        lambda: judged(
            rule(
                message="no",
                foreach=[
                    {
                        "list": "request.object.spec.items",
                        "foreach": [
                            {
                                "list": "request.object.spec.items",
                                "foreach": [
                                    {
                                        "list": "request.object.spec.items",
                                        "deny": {
                                            "conditions": {
                                                "any": [{"key": "{{ element }}", "operator": "Equals", "value": "y"}]
                                            }
                                        },
                                    }
                                ],
                            }
                        ],
                    }
                ],
            ),
            resource=pod_with(items=["x"] * 300),
        ),
        "",
    ),
    "a text that grows without end": (
        lambda: judged(
            denying("{{ replace_all(replace_all(request.object.spec.t, 'x', request.object.spec.t), 'x',"
                    " request.object.spec.t) == 'y' }}"),
            resource=pod_with(t="x" * 2000),
        ),
        "",
    ),
    "a huge power of ten": (lambda: judged(denying("{{ multiply('1e999999999', `9`) != '1' }}")), ""),
    "a pattern with many wildcards": (
        lambda: judged(
            rule(message="no", pattern={"metadata": {"labels": {"a": "*a" * 200 + "*b"}}}),
            resource=labelled(a="a" * 20_000),
        ),
        "no",
    ),
    "a pattern as deep as it may be": (
        lambda: judged(rule(message="no", pattern={"spec": nested(100)}), resource={**POD, "spec": nested(99)}),
        "no",
    ),
    "100,000 keys": (
        lambda: judged(
            rule(message="no", pattern={"metadata": {"labels": {"none*": "?*"}}}),
            resource=labelled(**{f"k{n}": "v" for n in range(99_000)}),
        ),
        "no",
    ),
    "more keys than a document may have": (
        lambda: judged(denying("{{ `true` }}"), resource=labelled(**{f"k{n}": "v" for n in range(100_001)})),
        "keys",
    ),
    "3,000 containers": (
        lambda: judged(
            rule(message="no", pattern={"spec": {"containers": [{"image": "?*", "name": "!c2999"}]}}),
            resource=pod_with(containers=[{"name": f"c{n}", "image": "i"} for n in range(3000)]),
        ),
        "no",
    ),
    "a merge patch as deep as it may be": (
        lambda: judged(
            mutating(patchStrategicMerge={"spec": {"deep": nested(DEEP)}}),
            ALWAYS,
            resource=pod_with(deep=nested(DEEP + 1)),
        ),
        "no",
    ),
    "a JSON patch that makes parents as deep as they may be": (
        lambda: judged(
            mutating(patchesJson6902=json.dumps([{"op": "add", "path": "/spec" + "/a" * DEEP, "value": nested(9)}])),
            ALWAYS,
        ),
        "no",
    ),
    "a deep object through all that walks one": (
        lambda: judged(
            denying(
                "{{ merge(request.object.spec, parse_json(to_string(request.object.spec))) == request.object.spec"
                " && to_string(parse_yaml(to_string(request.object))) == to_string(request.object) }}"
            ),
            resource=pod_with(deep=nested(DEEP)),
        ),
        "no",
    ),
    "a text of 100,000 brackets, parsed": (
        lambda: judged(denying("{{ parse_json(request.object.spec.t) == 'y' }}"), resource=pod_with(t="[" * 100_000)),
        "",
    ),
    "a text of 900,000 list elements, parsed": (
        lambda: judged(
            denying("{{ parse_yaml(request.object.spec.t) == 'y' }}"), resource=pod_with(t=f"[{'x, ' * 900_000}]")
        ),
        "deadline",
    ),
    "a JSON patch of 900,000 list elements": (
        lambda: judged(
            mutating(patchesJson6902="- {op: add, path: /spec/x, value: {{ request.object.spec.t }} }"),
            resource=pod_with(t=f"[{'x, ' * 900_000}]"),
        ),
        "deadline",
    ),
    "conditions as deep as they may be": (
        lambda: judged(
            rule(
                message="no",
                deny={"conditions": {"any": [{"key": "{{ request.object.spec.deep }}", "operator": "Equals",
                                              "value": nested(DEEP - 10)}]}},
            ),
            resource=pod_with(deep=nested(DEEP - 10)),
        ),
        "no",
    ),
    "3,000 containers, each merged with one of 3,000": (
        lambda: judged(
            mutating(patchStrategicMerge={"spec": {"containers": [{**each, "image": "j"} for each in CONTAINERS]}}),
            denying("{{ length(request.object.spec.containers[?image == 'j']) == `3000` }}"),
            resource=pod_with(containers=CONTAINERS),
        ),
        "",
    ),
    "3,000 containers, each changed by a foreach": (
        lambda: judged(
            mutating(
                foreach=[
                    {
                        "list": "request.object.spec.containers",
                        "patchesJson6902": "- {op: add, path: '/spec/containers/{{ elementIndex }}/image', value: j}",
                    }
                ]
            ),
            ALWAYS,
            resource=pod_with(containers=CONTAINERS),
        ),
        "",
    ),
    "3,000 containers under podSecurity": (
        lambda: judged(
            rule(podSecurity={"level": "restricted", "version": "latest"}),
            resource=pod_with(containers=CONTAINERS),
        ),
        "spec.containers[2999].securityContext",
    ),
    "500 rules, each with 3,000 containers": (
        lambda: judged(
            *(rule(f"r{n}", pattern={"spec": {"containers": [{"image": "?*"}]}}) for n in range(499)),
            ALWAYS,
            resource=pod_with(containers=CONTAINERS),
        ),
        "",
    ),
    "500 rules that mutate": (
        lambda: judged(
            *(mutating(f"r{n}", patchStrategicMerge={"metadata": {"labels": {f"l{n}": "x"}}}) for n in range(499)),
            ALWAYS,
        ),
        "",
    ),
    "a policy text of one word": (lambda: written(f"a: {'x' * 3_000_000}"), "kind (none)"),
    "a policy text of one line of words": (lambda: written(f"a: {'x ' * 1_500_000}"), "kind (none)"),
    "a policy text of one line of colons": (lambda: written(f"a: {'x:' * 1_500_000}1"), "kind (none)"),
    "a policy text of one key": (lambda: written(f"{'x' * 3_000_000}: 1"), "mapping values are not allowed"),
    "a policy text of brackets": (lambda: written(f"a: {'[' * 3_000_000}"), "nested more than 128 levels deep"),
    "a policy text of dashes": (lambda: written("- " * 1_500_000), "nested more than 128 levels deep"),
    "a policy text of steps": (lambda: written("".join(" " * n + "a:\n" for n in range(1_500))), "nested more than"),
    "a policy text of aliases": (
        lambda: written("a: &a0 [x]\n" + "".join(f"b{n}: &a{n + 1} [{f'*a{n},' * 9}]\n" for n in range(99))),
        "excessive aliasing",
    ),
    "500 rules": (
        lambda: judged(
            *(rule(f"r{n}", pattern={"metadata": {"name": "?*"}}) for n in range(499)),
            rule("last", message="no", pattern={"metadata": {"name": "x"}}),
        ),
        "no",
    ),
    "a regex of large sets without case": (
        lambda: judged(
            denying("{{ regex_match(request.object.spec.t, 'a') == `false` }}"), resource=pod_with(t="(?i)\\pL" * 5000)
        ),
        "expression too large",
    ),
    "a regex of empty parts": (
        lambda: judged(
            denying("{{ regex_match('(?:(?:|){30}){30}c', request.object.spec.t) == `false` }}"),
            resource=pod_with(t="a" * 100_000),
        ),
        "",
    ),
    "a regex of many groups": (
        lambda: judged(
            denying("{{ regex_replace_all(request.object.spec.t, request.object.spec.t, 'x') == 'y' }}"),
            resource=pod_with(t="(a?)" * 300 + "a" * 1000),
        ),
        "",
    ),
    "a chain of 3,000 operands where a number belongs": (
        lambda: judged(denying("{{ abs(&(a" + " || a" * 3000 + ")) == `1` }}")),
        "abs",
    ),
    "an expression of 300,000 dots in an object": (
        lambda: judged(
            denying("{{ request.object.spec.{{ request.object.spec.t }} }}"), resource=pod_with(t="a.b" * 300_000)
        ),
        "more than",
    ),
    "20,000 texts, each compared with 20,000": (
        lambda: judged(
            rule(
                message="no",
                deny={
                    "conditions": {
                        "any": [
                            {
                                "key": "{{ request.object.spec.a }}",
                                "operator": "AllNotIn",
                                "value": "{{ request.object.spec.b }}",
                            }
                        ]
                    }
                },
            ),
            resource=pod_with(a=[f"a{n}*" for n in range(20_000)], b=[f"b{n}*" for n in range(20_000)]),
        ),
        "",
    ),
    "a text encoded again and again": (
        lambda: judged(denying("{{ " + "base64_encode(" * 60 + "'x'" + ")" * 60 + " == 'x' }}")),
        "longer than",
    ),
    "a large text, shared 400 times and written out": (
        lambda: judged(
            denying("{{ request.object.spec | [" + ",".join(["@"] * 400) + "] | to_string(@) == 'x' }}"),
            resource=pod_with(t="x" * 1_000_000),
        ),
        "characters",
    ),
    "3,000 images excluded, 2,000 containers": (
        lambda: judged(
            rule(
                podSecurity={
                    "level": "baseline",
                    "version": "latest",
                    "exclude": [{"controlName": "Capabilities", "images": [f"*{n}*x*" for n in range(3000)]}],
                }
            ),
            resource=pod_with(
                containers=[
                    {"name": f"c{n}", "image": "a" * 99, "securityContext": {"capabilities": {"add": ["X"]}}}
                    for n in range(2000)
                ]
            ),
        ),
        "",
    ),
    "a pattern of many question marks": (
        lambda: judged(
            rule(message="no", pattern={"spec": {"t": "*" + "a?" * 10_000 + "b*"}}), resource=pod_with(t="a" * 200_000)
        ),
        "no",
    ),
    "a pattern of 500,000 question marks": (
        lambda: judged(
            rule(message="no", pattern={"spec": {"t": "*" + "a?" * 500_000 + "b*"}}),
            resource=pod_with(t="a" * 1_000_000),
        ),
        "deadline",
    ),
    "a pattern of question marks between 10,000 different characters": (
        lambda: judged(
            rule(message="no", pattern={"spec": {"t": f"*{'?'.join(map(chr, range(0x4e00, 0x7510)))}*"}}),
            resource=pod_with(t="".join(map(chr, range(0x4e00, 0x7510))) * 20),
        ),
        "",
    ),
    "a leaf of 50,000 ranges": (
        lambda: judged(
            rule(message="no", pattern={"spec": {"t": "|".join(f"{n}-{n + 1}" for n in range(50_000))}}),
            resource=pod_with(t="x"),
        ),
        "",
    ),
    "a text of 300,000 empty lines in quotes, parsed": (
        lambda: judged(
            denying("{{ parse_yaml(request.object.spec.t) == 'y' }}"),
            ALWAYS,
            resource=pod_with(t="a: '" + "x\n\n" * 300_000 + "'"),
        ),
        "",
    ),
    "policies in a text of 900,000 list elements": (lambda: written(f"a: [{'x, ' * 900_000}]"), "deadline"),
    "a policy text of 270,000 documents": (lambda: written("a: 1\n---\n" * 270_000), "more than 10000 documents"),
    "a policy text of 9,000 documents": (lambda: written("a: 1\n---\n" * 9_000), "and 8900 more"),
    "context entries that double": (
        lambda: judged(
            denying(
                "{{ a60 }}",
                context=[
                    {"name": "a0", "variable": {"value": "x" * 50}},
                    *(
                        {"name": f"a{n}", "variable": {"value": f"{{{{ a{n - 1} }}}}" * 2}}
                        for n in range(1, 61)
                    ),
                ],
            )
        ),
        "",
    ),
    "a policy in 50 Lists, beside null": (
        lambda: {
            "request": admission.creation(POD),
            "settings": {"policy": in_lists(policy(denying("{{ `false` }}")), 50)},
        },
        "must be a map, not null",
    ),
}  # fmt: skip


UNJUDGED = {
    "an expression 2,000 deep": protocol.BAD_POLICY,
    "more keys than a document may have": protocol.BAD_REQUEST,
    **dict.fromkeys((name for name in HOSTILE if name.startswith("a policy ")), protocol.BAD_POLICY),
}
"""What is refused before any rule is asked; all else must come so far."""


def test_hostile_policies_are_taken_and_judge() -> None:
    codes = {name: native(protocol.encode(make())).get("code") for name, (make, _) in HOSTILE.items()}
    assert {name: code for name, code in codes.items() if code not in (None, protocol.TIMED_OUT)} == UNJUDGED


BAKED = (
    "3,000 containers, each merged with one of 3,000",
    "500 rules, each with 3,000 containers",
    "500 rules that mutate",
    "a deep object through all that walks one",
)


@pytest.mark.parametrize("name", BAKED)
def test_a_baked_module_refuses_it_as_well(name: str, module: Module) -> None:
    asked = HOSTILE[name][0]()
    policies = tuple(asked["settings"].pop("policies", ())) or (asked["settings"].pop("policy"),)
    settings = {"policies": [*policies]}
    baking = Baking(policies, (), protocol.bake(protocol.encode(settings)).settings)
    loaf = oven.bake(MODULE.read_bytes(), baking, settings, version="1", annotations={})
    outcome = Module(loaf.module, cache=False).run("validate", protocol.encode(asked), deadline=2 * SECONDS)
    assert (outcome.end, outcome.code) == ("exit", 0)
    answer = json.loads(outcome.stdout)
    assert answer["accepted"] is False
    assert answer.get("code") in (None, protocol.TIMED_OUT), answer
    assert outcome.pages * 65536 <= 64 * 1024 * 1024
    assert len(loaf.module) < 30_000_000


def native(data: bytes) -> Answer:
    answer = json.loads(protocol.handle("validate", data, GivenHost()))
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize(("make", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_refused_in_bounded_time(make: Callable[[], dict[str, Any]], reason: str) -> None:
    data = protocol.encode(make())
    started = time.monotonic()
    answer = native(data)
    assert time.monotonic() - started < SECONDS
    assert answer["accepted"] is False
    assert answer.get("code") != protocol.INTERNAL, answer
    assert reason in answer["message"]


@pytest.mark.parametrize(("make", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_the_module_refuses_it_as_well(make: Callable[[], dict[str, Any]], reason: str, module: Module) -> None:
    outcome = module.run("validate", protocol.encode(make()), deadline=2 * SECONDS)
    assert (outcome.end, outcome.code) == ("exit", 0)
    answer = json.loads(outcome.stdout)
    assert answer["accepted"] is False
    assert answer.get("code") != protocol.INTERNAL, answer
    assert reason in answer["message"] or answer["code"] == protocol.TIMED_OUT
    assert outcome.pages * 65536 <= 256 * 1024 * 1024
