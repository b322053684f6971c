"""kywarden as a library: load policies once, judge many requests.

from kywarden import api

policies = api.load_policies(Path("policy.yaml").read_text())
verdict = api.evaluate(policies, api.make_request({"apiVersion": "v1", "kind": "Pod", …}))
verdict.accepted, verdict.message, verdict.rules
"""

from __future__ import annotations

from kywarden import admission, evaluator, loader
from kywarden.errors import EvaluationError, PolicyError, PolicyErrors, RequestError, Timeout
from kywarden.host.given import GivenHost
from kywarden.kinds.program import Program
from kywarden.loader import Source
from kywarden.model.request import Request, Semantics
from kywarden.model.verdict import RuleResult, Verdict
from kywarden.model.world import World
from kywarden.values.trees import Map

__all__ = [
    "EvaluationError",
    "PolicyError",
    "PolicyErrors",
    "Program",
    "Request",
    "RequestError",
    "RuleResult",
    "Timeout",
    "Verdict",
    "World",
    "evaluate",
    "load_policies",
    "make_request",
]


def load_policies(*policies: str | Map) -> tuple[Program, ...]:
    """Programs of Kyverno policies, each given as YAML text (with any number of documents) or as a map.

    PolicyExceptions among them apply to all. Raises `PolicyErrors`, which holds every problem found.
    """
    return loader.load(Source(policy) for policy in policies)


def make_request(tree: Map, semantics: Semantics = "admission") -> Request:
    """A request from an AdmissionRequest, an AdmissionReview, or a bare object (its creation by a user without roles).

    Raises `RequestError` with the path of what is wrong.
    """
    envelopes = list(admission.envelopes([tree]))
    if len(envelopes) != 1:
        found = f"there are {len(envelopes)} things" if envelopes else "there is nothing"
        raise RequestError(f"{found} to judge")
    return admission.read(envelopes[0].get("request"), semantics)


def evaluate(
    policies: tuple[Program, ...], request: Request, world: World | Map | None = None, milliseconds: int = 10_000
) -> Verdict:
    """The verdict on a request.

    world: what lies outside the request, as the `world` of an envelope or as an own `World`; without it, a rule that
    asks for something outside is in error. milliseconds: the deadline; `Timeout` is raised beyond it.
    """
    if world is None or isinstance(world, dict):
        world = GivenHost().world(world or {}, milliseconds)
    return evaluator.evaluate(policies, request, world)
