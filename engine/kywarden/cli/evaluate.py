"""`kywarden evaluate`: requests in, verdicts out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from kywarden import admission, loader, protocol
from kywarden.cli import files, hosts, verdict_text
from kywarden.cli.failures import WRONG, Exit, Failure, exit_codes
from kywarden.cli.hosts import StandIn
from kywarden.cli.screen import visible_in_line
from kywarden.errors import PolicyErrors, RequestError
from kywarden.loader import Source
from kywarden.model.request import SEMANTICS
from kywarden.values import documents, json_text, yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree

Implementation: TypeAlias = Callable[[bytes], bytes]
"""Whoever answers an envelope: the native engine or the module."""

EXAMPLES = """\
examples:
  kywarden evaluate --policy policy.yaml < pod.yaml            judge the creation of an object
  kubectl get pod web -o yaml | kywarden evaluate --policy policy.yaml --format text
  kywarden evaluate --policy a.yaml --policy b.yaml --request review.json --format full
  kywarden evaluate --jsonl < envelopes.jsonl                  one envelope a line, one verdict a line
  kywarden evaluate --policy policy.yaml --module < pod.yaml   the same through policy.wasm

"""


def add(subcommands: Any) -> None:
    """Register the command."""
    parser = subcommands.add_parser(
        "evaluate",
        help="judge requests and print verdicts",
        description="Judge requests by policies. The input is an envelope ({request, settings, …}), an\n"
        "AdmissionReview, an AdmissionRequest, or Kubernetes objects in YAML or JSON, which are judged\n"
        "as their creation by a plain user.",
        epilog=EXAMPLES
        + exit_codes("accepted", "denied", WRONG, "internal")
        + "  with --jsonl: 2 if a line was an error, else 1 if one was denied\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-p",
        "--policy",
        action="append",
        default=[],
        metavar="FILE",
        help="policies in YAML; may be repeated; - is STDIN",
    )
    parser.add_argument("-r", "--request", default="-", metavar="FILE", help="what to judge (default: STDIN)")
    parser.add_argument("--jsonl", action="store_true", help="one envelope per line in, one verdict per line out")
    parser.add_argument(
        "-f",
        "--format",
        choices=("verdict", "full", "text"),
        default="verdict",
        help="Kubewarden's response (default), the same with every rule, or a text for people",
    )
    parser.add_argument(
        "--module", nargs="?", const="", metavar="FILE", help="ask this policy.wasm (default: the installed one)"
    )
    parser.add_argument(
        "--semantics",
        choices=SEMANTICS,
        help="answer as Kyverno's webhook (default), as 'kyverno apply' or as 'kyverno test'",
    )
    parser.add_argument(
        "--world",
        metavar="FILE",
        help="what lies outside the request: a map of namespace labels, objects, …, or a session of\n"
        "kwctl run --record-host-capabilities-interactions",
    )
    parser.add_argument(
        "--record", metavar="FILE", help="write the questions to a host, which the world answers, as such a session"
    )
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class Additions:
    """What the arguments add to every envelope."""

    policies: Sequence[Tree]
    options: Map
    world: Map

    def to(self, envelope: Map) -> Map:
        """The envelope with the additions; what it says itself about its world and options stands, and so does what is
        malformed, for the engine to refuse."""
        settings = envelope.get("settings")
        settings = {} if settings is None else settings
        if self.policies and isinstance(settings, dict):
            own = settings.get("policies")
            if own is None or isinstance(own, list):
                settings = {**settings, "policies": [*(own or []), *self.policies]}
        whole = {**envelope, "settings": settings}
        for key, extra in (("options", self.options), ("world", self.world)):
            own = envelope.get(key)
            if extra and (own is None or isinstance(own, dict)):
                # that who creates an object that comes alone has no roles is only assumed
                whole[key] = {**(own or {}), **extra} if _comes_alone(envelope) else {**extra, **(own or {})}
        return whole


def _comes_alone(envelope: Map) -> bool:
    """Whether it was made for an object that came without a request."""
    request = envelope.get("request")
    return isinstance(request, dict) and request.get("userInfo") is admission.PLAIN_USER


def run(arguments: argparse.Namespace) -> Exit:
    """The command."""
    if arguments.request == "-" and "-" in arguments.policy:
        raise Failure("STDIN cannot be both the policy and the request: name a file for one of them")
    if arguments.jsonl and arguments.format == "text":
        raise Failure("--jsonl prints JSON: choose --format verdict or full")
    options: Map = {"format": "verdict" if arguments.format == "verdict" else "full"}
    if arguments.semantics:
        options["semantics"] = arguments.semantics
    stand_in = hosts.stand_in(arguments.world, arguments.record)
    additions = Additions(_policies(arguments.policy), options, stand_in.world)
    ask = _implementation(arguments.module, stand_in)
    if arguments.jsonl:
        outcome = _answer_lines(_lines(arguments.request), additions, ask)
    else:
        outcome = _answer_all(arguments.request, additions, ask, arguments.format)
    stand_in.finish()
    return outcome


def _answer_all(name: str, additions: Additions, ask: Implementation, form: str) -> Exit:
    data = files.read(name)
    try:
        envelopes = list(admission.envelopes([each.tree for each in documents.read(data)]))
    except (ReadError, RequestError) as error:
        raise Failure(f"{files.shown(name)}: {error}") from error
    if not envelopes:
        raise Failure(f"{files.shown(name)}: there is nothing to judge")
    outcome = Exit.ACCEPTED
    for envelope in envelopes:
        whole = additions.to(envelope)
        try:
            answer = ask(encoded(whole))
        except RequestError as error:
            raise Failure(f"{files.shown(name)}: {error}") from error
        read = json.loads(answer)
        result = _outcome(read)
        if result > Exit.DENIED:
            print(f"kywarden: {files.shown(name)}: {visible_in_line(read['message'])}", file=sys.stderr)
        elif form == "text":
            verdict_text.show(read, whole)
        else:
            _print(answer)
        outcome = max(outcome, result)
    return outcome


def _answer_lines(lines: Iterator[bytes], additions: Additions, ask: Implementation) -> Exit:
    outcome = Exit.ACCEPTED
    for line in lines:
        answer = _answer_line(line, additions, ask)
        read = json.loads(answer)
        result = Exit.BAD_INPUT if "error" in read else _outcome(read)
        if result > Exit.DENIED:
            identity = {"id": read["id"]} if "id" in read else {}
            answer = protocol.encode({**identity, "error": read.get("error") or read["message"]})
        _print(answer)
        outcome = max(outcome, min(result, Exit.BAD_INPUT))
    return outcome


def _answer_line(line: bytes, additions: Additions, ask: Implementation) -> bytes:
    try:
        envelope = json_text.load(line)
    except ReadError as error:
        return protocol.encode({"id": None, "error": str(error)})
    if not isinstance(envelope, dict):
        return protocol.encode({"id": None, "error": "a line must be a map"})
    try:
        envelopes = list(admission.envelopes([envelope]))
    except RequestError as error:
        return protocol.encode({"id": envelope.get("id"), "error": str(error)})
    if len(envelopes) != 1:
        return protocol.encode({"id": envelope.get("id"), "error": "a line must be one thing to judge"})
    return ask(protocol.encode(additions.to(envelopes[0])))


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from (line for line in sys.stdin.buffer if line.strip())
    else:
        yield from (line for line in files.read(name).splitlines() if line.strip())


def _print(answer: bytes) -> None:
    sys.stdout.buffer.write(answer + b"\n")
    sys.stdout.buffer.flush()


def _outcome(answer: Map) -> Exit:
    """The exit code of an answer; a verdict carries no code, a refusal to judge does."""
    code = answer.get("code")
    if code is None:
        return Exit.ACCEPTED if answer.get("accepted") is True else Exit.DENIED
    return Exit.BAD_INPUT if code in (protocol.BAD_REQUEST, protocol.BAD_POLICY) else Exit.INTERNAL


def _policies(names: list[str]) -> list[Tree]:
    """The documents of policy files, checked here so that a problem is reported with its file."""
    trees: list[Tree] = []
    sources: list[Source] = []
    for name in names:
        content = files.text(name)
        sources.append(Source(content, files.shown(name)))
        try:
            trees.extend(document.tree for document in yaml_text.load_all(content, strict=True))
        except ReadError as error:
            raise Failure(f"{files.shown(name)}: {error}") from error
    if names and not trees:
        raise files.without_policy(names)
    if sources:
        try:
            loader.load(sources)
        except PolicyErrors as errors:
            raise Failure.of_policies(errors) from errors
    return trees


def encoded(envelope: Map) -> bytes:
    """The bytes of an envelope; raises RequestError for what only YAML can say."""
    try:
        return protocol.encode(envelope)
    except ValueError as error:
        raise RequestError("a number or character that JSON does not have") from error


def _implementation(module: str | None, stand_in: StandIn) -> Implementation:
    if module is None:
        host, kept = stand_in.host(), protocol.Kept()
        return lambda data: protocol.handle("validate", data, host, kept=kept)
    from kywarden.cli import module_host  # wasmtime takes a while to load

    return module_host.implementation(module, stand_in.callbacks)
