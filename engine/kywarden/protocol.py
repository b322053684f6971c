"""The one door: a command and bytes in, bytes out.

`validate` takes an envelope and answers Kubewarden's validation response; `validate-settings` takes settings and says
whether they are valid. The command line, the module and the tests all come through here; nothing is ever raised.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from kywarden import admission, evaluator, loader, settings
from kywarden.errors import EvaluationError, PolicyError, PolicyErrors, RequestError, Timeout, listed
from kywarden.kinds.program import Program
from kywarden.model.request import SEMANTICS, Request, Semantics
from kywarden.model.verdict import Verdict
from kywarden.model.world import Host
from kywarden.settings import INPUT_LIMIT, Settings
from kywarden.values import ahead, json_text, watch
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree

Format: TypeAlias = Literal["verdict", "full"]

BAD_REQUEST, BAD_POLICY, INTERNAL, TIMED_OUT = 400, 422, 500, 504
"""Codes of refusals that are no verdict: HTTP's. A verdict of a policy carries no code, as Kyverno's carries none."""

RULE_KEYS = ("policy", "rule", "type", "status", "message", "phase")
"""What the full form says of each rule."""

ENVELOPE_KEYS = frozenset(("request", "settings", "options", "world", "id"))


@dataclass(frozen=True, slots=True)
class Baked:
    """Settings whose policies were loaded beforehand, once for all requests."""

    settings: Settings
    programs: tuple[Program, ...]


@dataclass(slots=True)
class Kept:
    """The programs of the settings that came last, for a caller whose envelopes mostly bring the same policies.

    Programs remember nothing of what they judged, so nothing goes from one envelope to the next.
    """

    written: str = ""
    programs: tuple[Program, ...] = ()

    def load(self, chosen: Settings) -> tuple[Program, ...]:
        """The programs of the settings, loaded when those before were written differently; raises `PolicyErrors`."""
        regime = chosen.regime
        sources = [[source.name, source.content] for source in chosen.sources]
        written = json.dumps([regime.failure_action, regime.rules, sources])
        if written != self.written:
            self.programs, self.written = loader.load(chosen.sources, regime), written
        return self.programs


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks of one answer."""

    format: Format = "verdict"
    semantics: Semantics = "admission"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an envelope asks; request, world: as they were sent."""

    request: Tree
    settings: Settings
    options: Options
    world: Map

    def read_request(self) -> Request:
        """The request; raises `RequestError`."""
        return admission.read(self.request, self.options.semantics, self.settings.custom_resources)


def handle(command: str, data: bytes, host: Host, baked: Baked | None = None, kept: Kept | None = None) -> bytes:
    """Answer one command: one JSON document, whatever the input.

    kept: what the caller keeps from one request to the next; without it policies are loaded for each.
    """
    if command == "validate-settings":
        answer = validate_settings(data, host, baked)
    else:
        answer = validate(data, host, baked, kept)
    try:
        return encode(answer)
    except ValueError as error:  # a number that JSON does not have, or half a character
        return encode(refusal(error))


def encode(answer: Map) -> bytes:
    """The bytes of an answer: compact JSON in UTF-8; raises ValueError for what JSON cannot say."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def bake(data: bytes) -> Baked:
    """Settings, with all that can be done before the first request; raises what `refusal` turns into an answer."""
    read = read_settings(_settings_tree(data))
    with ahead.of_time():
        return Baked(read, load_completely(read, limited=True))


def validate(data: bytes, host: Host, baked: Baked | None = None, kept: Kept | None = None) -> Map:
    """Kubewarden's validation response to an envelope."""
    identity: Tree = None
    try:
        envelope = _envelope(data, baked)
        identity = envelope.get("id")
        answer = respond(envelope, host, baked, kept)
    except BaseException as error:  # the door: whatever happens inside, the caller gets an answer
        answer = refusal(error)
    return answer if identity is None else {"id": identity, **answer}


def respond(envelope: Map, host: Host, baked: Baked | None = None, kept: Kept | None = None) -> Map:
    """The response to an envelope that has been read; raises what `refusal` turns into an answer."""
    asked = read_envelope(envelope, baked)
    chosen, options = asked.settings, asked.options
    world = host.world(asked.world, chosen.deadline, chosen.custom_resources)
    with watch.by(world.poll):
        programs = load(chosen, baked) if kept is None or baked is not None else kept.load(chosen)
    request = asked.read_request()
    if chosen.filter.lets_through(request, world):
        return response(Verdict(True), options.format)
    return response(evaluator.evaluate(programs, request, world, chosen.regime), options.format)


def read_envelope(envelope: Map, baked: Baked | None = None) -> Asked:
    """The parts of an envelope; raises `RequestError`."""
    for key in envelope:
        if key not in ENVELOPE_KEYS:
            raise RequestError(f'unknown key "{key}"')
    chosen = read_settings(_part(envelope, "settings"), baked)
    options = read_options(_part(envelope, "options"))
    return Asked(envelope.get("request"), chosen, options, _part(envelope, "world"))


def response(verdict: Verdict, form: Format) -> Map:
    """A verdict as Kubewarden's response; `full` adds the rules, and what became of an object that was refused."""
    answer: Map = {"accepted": verdict.accepted}
    if verdict.message:
        answer["message"] = verdict.message
    if verdict.code is not None:
        answer["code"] = verdict.code
    if verdict.warnings:
        answer["warnings"] = list(verdict.warnings)
    if verdict.mutated is not None and (verdict.accepted or form == "full"):
        answer["mutated_object"] = verdict.mutated
    if verdict.annotations:
        answer["audit_annotations"] = {**verdict.annotations}
    if form == "full":
        answer["rules"] = [{key: getattr(result, key) for key in RULE_KEYS} for result in verdict.rules]
    return answer


def refusal(error: BaseException) -> Map:
    """The answer that refuses a request which was not judged, with the reason."""
    match error:
        case ReadError() | RequestError():
            code, message = BAD_REQUEST, f"the request cannot be judged: {error}"
        case PolicyErrors() | PolicyError():
            code, message = BAD_POLICY, f"the policy cannot be used: {error}"
        case Timeout():
            code, message = TIMED_OUT, f"the request was not judged in time: {error} (setting deadlineMilliseconds)"
        case EvaluationError():  # before any rule
            code, message = INTERNAL, f"the request cannot be judged: {error}"
        case _:
            code, message = INTERNAL, f"internal error: {type(error).__name__}"
    return {"accepted": False, "message": message, "code": code}


def load(chosen: Settings, baked: Baked | None = None) -> tuple[Program, ...]:
    """The programs of the settings; baked ones are put under the exceptions. Raises `PolicyErrors`."""
    if baked is None:
        return loader.load(chosen.sources, chosen.regime)
    return loader.exempt(baked.programs, chosen.sources)


def load_completely(chosen: Settings, limited: bool) -> tuple[Program, ...]:
    """The programs of the settings, with everything done that can be done before a request; raises `PolicyErrors`.

    limited: look-ups that a Kubewarden host cannot answer are problems, too.
    """
    return loader.load_completely(chosen.sources, chosen.regime, chosen.unanswerable if limited else None)


def validate_settings(data: bytes, host: Host, baked: Baked | None = None) -> Map:
    """Kubewarden's answer to `validate-settings`: everything is loaded, all problems are named; no host is asked."""
    try:
        problems = _problems(_settings_tree(data), host, baked)
    except (ReadError, RequestError) as error:
        problems = [str(error)]
    except BaseException as error:  # the door, as in `validate`
        problems = [f"internal error: {type(error).__name__}"]
    return {"valid": False, "message": listed(problems)} if problems else {"valid": True}


def _problems(tree: Map, host: Host, baked: Baked | None) -> list[str]:
    read, problems = settings.read(tree) if baked is None else settings.read_beside(tree, baked.settings)
    texts = list(map(str, problems))
    try:
        if baked is None:
            load_completely(read, host.limited)
        else:
            load(read, baked)
    except PolicyErrors as errors:
        texts.extend(map(str, errors.problems))
    return texts


def _settings_tree(data: bytes) -> Map:
    if len(data) > INPUT_LIMIT:
        raise RequestError(f"{len(data)} bytes are more than the limit of {INPUT_LIMIT}")
    tree = json_text.load(data)
    if not isinstance(tree, dict):
        raise RequestError("settings must be a map")
    return tree


def read_settings(tree: Map, baked: Baked | None = None) -> Settings:
    """The settings of an envelope, beside baked ones if there are; raises `RequestError` with all that is wrong."""
    read, problems = settings.read(tree) if baked is None else settings.read_beside(tree, baked.settings)
    if problems:
        raise RequestError(listed(problems))
    return read


def read_options(tree: Map) -> Options:
    """The options of an envelope."""
    chosen = {"format": "verdict", "semantics": "admission"}
    for key, value in tree.items():
        choices = {"format": ("verdict", "full"), "semantics": SEMANTICS}.get(key)
        if choices is None:
            raise RequestError(f'unknown key "{key}"', "options")
        if not isinstance(value, str) or value not in choices:
            raise RequestError(f"must be one of {', '.join(choices)}", f"options.{key}")
        chosen[key] = value
    return Options(cast(Format, chosen["format"]), cast(Semantics, chosen["semantics"]))


def _envelope(data: bytes, baked: Baked | None) -> Map:
    check_size(data, baked)
    envelope = json_text.load(data)
    if not isinstance(envelope, dict):
        raise RequestError("the input must be a map with request and settings")
    return envelope


def check_size(data: bytes, baked: Baked | None = None) -> None:
    """Raises `RequestError` for an envelope of more bytes than its settings allow."""
    limit = INPUT_LIMIT if baked is None else baked.settings.input_limit
    if len(data) > limit and (baked is not None or len(data) > _raised_limit(data, limit)):
        raise RequestError(f"the input has {len(data)} bytes, more than the limit of {limit} (setting inputLimitBytes)")


def _raised_limit(data: bytes, default: int) -> int:
    """The setting `inputLimitBytes`, read without reading the rest: hosts put the settings last."""
    start = data.rfind(b'"settings":')
    try:
        tree = json_text.load(data[start + len(b'"settings":') :].rstrip()[:-1]) if start >= 0 else None
    except ReadError:
        return default
    limit = tree.get("inputLimitBytes") if isinstance(tree, dict) else None
    return limit if isinstance(limit, int) and not isinstance(limit, bool) else default


def _part(envelope: Map, key: str) -> Map:
    part = envelope.get(key)
    if part is None:
        return {}
    if isinstance(part, dict):
        return part
    raise RequestError("must be a map", key)
