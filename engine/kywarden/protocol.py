"""The one door: a command and bytes in, bytes out.

`validate` takes an envelope and answers Kubewarden's validation response; `validate-settings` takes settings and says
whether they are valid. The command line, the module and the tests all come through here; nothing is ever raised.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from kywarden import admission, evaluator, loader
from kywarden.errors import PolicyErrors, RequestError, Timeout
from kywarden.kinds.program import Program
from kywarden.loader import Source
from kywarden.model.request import Semantics
from kywarden.model.verdict import Verdict
from kywarden.model.world import Host
from kywarden.values import ahead, json_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree

Format: TypeAlias = Literal["verdict", "full"]

BAD_REQUEST, BAD_POLICY, INTERNAL, TIMED_OUT = 400, 422, 500, 504
"""Codes of refusals that are no verdict: HTTP's. A verdict of a policy carries no code, as Kyverno's carries none."""

INPUT_LIMIT = 3 * 1024 * 1024
"""Bytes of input that are read; hosts send at most 2 MiB."""

DEADLINE = 800
"""Milliseconds of an evaluation, below the shortest limit of a host that kills without a word."""

RULE_KEYS = ("policy", "rule", "type", "status", "message", "phase")
"""What the full form says of each rule."""

ENVELOPE_KEYS = frozenset(("request", "settings", "options", "world", "id"))
SETTINGS_KEYS = frozenset(("policy", "policies", "exceptions", "deadlineMilliseconds", "inputLimitBytes"))
SETTINGS_BESIDE_BAKED = frozenset(("exceptions", "deadlineMilliseconds", "inputLimitBytes"))
"""What may still be set when the policies are baked into the module."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator sets; the defaults are what an absent key means."""

    sources: tuple[Source, ...]
    deadline: int = DEADLINE
    input_limit: int = INPUT_LIMIT


@dataclass(frozen=True, slots=True)
class Baked:
    """Settings whose policies were loaded beforehand, once for all requests."""

    settings: Settings
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks of one answer."""

    format: Format = "verdict"
    semantics: Semantics = "admission"


def handle(command: str, data: bytes, host: Host, baked: Baked | None = None) -> bytes:
    """Answer one command: one JSON document, whatever the input."""
    answer = validate_settings(data, baked) if command == "validate-settings" else validate(data, host, baked)
    try:
        return encode(answer)
    except ValueError as error:  # a number that JSON does not have, or half a character
        return encode(refusal(error))


def encode(answer: Map) -> bytes:
    """The bytes of an answer: compact JSON in UTF-8; raises ValueError for what JSON cannot say."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def bake(data: bytes) -> Baked:
    """Settings, with all that can be done before the first request; raises what `refusal` turns into an answer."""
    settings = read_settings(_settings_tree(data))
    with ahead.of_time():
        programs = loader.load(settings.sources)
        for program in programs:
            program.complete()
    return Baked(settings, programs)


def validate(data: bytes, host: Host, baked: Baked | None = None) -> Map:
    """Kubewarden's validation response to an envelope."""
    identity: Tree = None
    try:
        envelope = _envelope(data, baked)
        identity = envelope.get("id")
        answer = respond(envelope, host, baked)
    except BaseException as error:  # the door: whatever happens inside, the caller gets an answer
        answer = refusal(error)
    return answer if identity is None else {"id": identity, **answer}


def respond(envelope: Map, host: Host, baked: Baked | None = None) -> Map:
    """The response to an envelope that has been read; raises what `refusal` turns into an answer."""
    for key in envelope:
        if key not in ENVELOPE_KEYS:
            raise RequestError(f'unknown key "{key}"')
    settings = read_settings(_part(envelope, "settings"), baked)
    options = read_options(_part(envelope, "options"))
    world = host.world(_part(envelope, "world"), settings.deadline)
    programs = load(settings, baked)
    request = admission.read(envelope.get("request"), options.semantics)
    return response(evaluator.evaluate(programs, request, world), options.format)


def response(verdict: Verdict, form: Format) -> Map:
    """A verdict as Kubewarden's response; `full` adds the rules."""
    answer: Map = {"accepted": verdict.accepted}
    if verdict.message:
        answer["message"] = verdict.message
    if verdict.code is not None:
        answer["code"] = verdict.code
    if verdict.warnings:
        answer["warnings"] = list(verdict.warnings)
    if verdict.mutated is not None:
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
        case PolicyErrors():
            code, message = BAD_POLICY, f"the policy cannot be used: {error}"
        case Timeout():
            code, message = TIMED_OUT, f"the request was not judged in time: {error}"
        case _:
            code, message = INTERNAL, f"internal error: {type(error).__name__}"
    return {"accepted": False, "message": message, "code": code}


def load(settings: Settings, baked: Baked | None = None) -> tuple[Program, ...]:
    """The programs of the settings; baked ones are put under the exceptions. Raises `PolicyErrors`."""
    return loader.load(settings.sources) if baked is None else loader.exempt(baked.programs, settings.sources)


def validate_settings(data: bytes, baked: Baked | None = None) -> Map:
    """Kubewarden's answer to `validate-settings`: everything is loaded, all problems are named."""
    try:
        load(read_settings(_settings_tree(data), baked), baked)
    except (ReadError, RequestError, PolicyErrors) as error:
        return {"valid": False, "message": str(error)}
    except BaseException as error:  # the door, as in `validate`
        return {"valid": False, "message": f"internal error: {type(error).__name__}"}
    return {"valid": True}


def _settings_tree(data: bytes) -> Map:
    if len(data) > INPUT_LIMIT:
        raise RequestError(f"{len(data)} bytes are more than the limit of {INPUT_LIMIT}")
    settings = json_text.load(data)
    if not isinstance(settings, dict):
        raise RequestError("settings must be a map")
    return settings


def read_settings(tree: Map, baked: Baked | None = None) -> Settings:
    """The settings of an envelope, beside baked ones if there are; an unknown key or a wrong type is an error."""
    known = SETTINGS_KEYS if baked is None else SETTINGS_BESIDE_BAKED
    for key in tree:
        if key in known:
            continue
        if key in SETTINGS_KEYS:
            raise RequestError(
                f'"{key}" cannot be set: the policies are baked into this module, which takes only '
                + ", ".join(sorted(known)),
                "settings",
            )
        raise RequestError(f'unknown key "{key}", known keys: {", ".join(sorted(known))}', "settings")
    sources = []
    if (policy := tree.get("policy")) is not None:
        sources.append(_source(policy, "settings.policy"))
    for key in ("policies", "exceptions"):
        entries = tree.get(key)
        if entries is None:
            continue
        if not isinstance(entries, list):
            raise RequestError("must be a list", f"settings.{key}")
        sources.extend(_source(entry, f"settings.{key}[{index}]") for index, entry in enumerate(entries))
    base = Settings(()) if baked is None else baked.settings
    return Settings(
        tuple(sources),
        _positive(tree, "deadlineMilliseconds", base.deadline),
        _positive(tree, "inputLimitBytes", base.input_limit),
    )


def read_options(tree: Map) -> Options:
    """The options of an envelope."""
    chosen = {"format": "verdict", "semantics": "admission"}
    for key, value in tree.items():
        choices = {"format": ("verdict", "full"), "semantics": ("admission", "apply", "test")}.get(key)
        if choices is None:
            raise RequestError(f'unknown key "{key}"', "options")
        if not isinstance(value, str) or value not in choices:
            raise RequestError(f"must be one of {', '.join(choices)}", f"options.{key}")
        chosen[key] = value
    return Options(cast(Format, chosen["format"]), cast(Semantics, chosen["semantics"]))


def _envelope(data: bytes, baked: Baked | None) -> Map:
    limit = INPUT_LIMIT if baked is None else baked.settings.input_limit
    if len(data) > limit and len(data) > _raised_limit(data, limit):
        raise RequestError(f"the input has {len(data)} bytes, more than the limit of {limit} (setting inputLimitBytes)")
    envelope = json_text.load(data)
    if not isinstance(envelope, dict):
        raise RequestError("the input must be a map with request and settings")
    return envelope


def _raised_limit(data: bytes, default: int) -> int:
    """The setting `inputLimitBytes`, read without reading the rest: hosts put the settings last."""
    start = data.rfind(b'"settings":')
    try:
        settings = json_text.load(data[start + len(b'"settings":') :].rstrip()[:-1]) if start >= 0 else None
    except ReadError:
        return default
    limit = settings.get("inputLimitBytes") if isinstance(settings, dict) else None
    return limit if isinstance(limit, int) and not isinstance(limit, bool) else default


def _source(tree: Tree, name: str) -> Source:
    if isinstance(tree, str | dict):
        return Source(tree, name)
    raise RequestError("must be YAML text or a map", name)


def _positive(tree: Map, key: str, default: int) -> int:
    value = tree.get(key, default)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise RequestError("must be a positive integer", f"settings.{key}")


def _part(envelope: Map, key: str) -> Map:
    part = envelope.get(key)
    if part is None:
        return {}
    if isinstance(part, dict):
        return part
    raise RequestError("must be a map", key)
