"""`kywarden apply` at work: every policy applied to every resource; mutated objects are written in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kywarden.cli import progress
from kywarden.cli.apply_inputs import Inputs
from kywarden.cli.apply_output import Target
from kywarden.cli.drop_in import Refused, jobs
from kywarden.cli.flags import Parsed
from kywarden.cli.screen import tell
from kywarden.model.resources import text
from kywarden.testing import application, resources
from kywarden.testing.application import Answer, Outcome
from kywarden.testing.counters import Judged, judged
from kywarden.testing.files import YAML, LoadError
from kywarden.testing.resources import Place
from kywarden.values.trees import Map


def applied(inputs: Inputs, parsed: Parsed, target: Target) -> Iterator[tuple[Judged, Place]]:
    """The outcomes, resource by resource; mutated objects are written as they come."""
    for resource, place, answer in zip(inputs.resources, inputs.places, _answers(inputs, parsed), strict=False):
        try:
            outcomes = _written(answer, resource, target)
        except LoadError as error:
            said = f"failed to apply policies on resource {resources.told(resource)} ({error})"
            if not parsed.has("continue-on-fail"):
                raise Refused(said) from None
            # kyverno: the resource is passed over without a word
            tell(f"kywarden: {said}")
            continue
        labels = inputs.surroundings.values.namespace_labels(text(resource, "metadata", "namespace"))
        for outcome in outcomes:
            yield judged(outcome, parsed.has("audit-warn"), labels), place


def _answers(inputs: Inputs, parsed: Parsed) -> list[Answer]:
    """For each resource the outcomes or why there are none, up to the first that ends the run; nothing is written."""
    if problem := _missing_definition(parsed.texts("crd-paths")):
        return [problem] * len(inputs.resources)
    found = application.answers(inputs.policies, inputs.resources, inputs.surroundings, jobs(parsed))
    answers: list[Answer] = []
    for answer in progress.tracked(found, len(inputs.resources), "resources", is_quiet=True):
        answers.append(answer)
        if isinstance(answer, str) and not parsed.has("continue-on-fail"):
            break
    return answers


def _written(answer: Answer, resource: Map, target: Target) -> list[Outcome]:
    """The outcomes, the objects of which have been written; raises `LoadError`."""
    if isinstance(answer, str):
        raise LoadError(answer)
    for outcome in answer:
        if outcome.mutating:
            target.write(outcome, resource)
    return answer


def _missing_definition(paths: Sequence[str]) -> str:
    """Which file of custom resource definitions, which only CEL policies need, is not there all the same."""
    for path in (path.removesuffix("/") for path in paths if path.strip()):
        if not path.endswith(YAML):
            return f"CRD file must have .yaml or .yml extension: {path}"
        if not Path(path).exists():
            return f"CRD file does not exist at path: {path}"
    return ""
