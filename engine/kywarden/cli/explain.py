"""`kywarden explain`: why a request is judged as it is, rule by rule, with the lines that decide."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import Any

from rich.console import Console

from kywarden.cli import explain_text, files, hosts
from kywarden.cli.failures import Exit, Failure
from kywarden.cli.formats import explain as formats
from kywarden.errors import EvaluationError, PolicyErrors, RequestError, Timeout
from kywarden.explaining import origins
from kywarden.explaining.explainer import explain
from kywarden.explaining.origins import Input, Policies
from kywarden.explaining.statement import Explanation
from kywarden.model.request import Semantics
from kywarden.model.world import World
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map

DEADLINE = 10_000
"""Milliseconds of one evaluation."""

EXAMPLES = """\
examples:
  kywarden explain policy.yaml --resource pod.yaml           why this object is denied, or let through
  kubectl get pod web -o yaml | kywarden explain policies/*.yaml
  kywarden explain policy.yaml -r review.json --all          every rule, also those that do not match
  kywarden explain policy.yaml -r pod.yaml --format markdown for a pull request

exit codes:
  0 accepted   1 denied   2 the input or a policy is wrong
"""


def add(subcommands: Any) -> None:
    """Register the command."""
    parser = subcommands.add_parser(
        "explain",
        help="say why a request is judged as it is, with the lines",
        description="Judge requests and tell for each rule what decided: the clause of match or exclude, the\n"
        "condition with both sides, the part of a pattern, the element of a loop, the control of the Pod\n"
        "Security Standards, the exception; and where the values of variables come from.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("policies", nargs="*", metavar="POLICY", help="policies and exceptions in YAML")
    parser.add_argument(
        "-r", "--resource", default="-", metavar="FILE", help="what to judge, as for 'evaluate' (default: STDIN)"
    )
    parser.add_argument("--all", action="store_true", help="tell everything, also of rules that pass or do not match")
    parser.add_argument("--rule", metavar="NAME", help="only the rules of that name")
    parser.add_argument("-f", "--format", choices=("text", "json", "markdown"), default="text")
    parser.add_argument(
        "--semantics",
        choices=("admission", "apply", "test"),
        default="admission",
        help="judge as Kyverno's webhook (default), as 'kyverno apply' or as 'kyverno test'",
    )
    parser.add_argument("--world", metavar="FILE", help="what lies outside the request, as for 'evaluate'")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """The command."""
    stand_in = hosts.stand_in(arguments.world, None)
    try:
        given = origins.policies({name: files.text(name) for name in arguments.policies})
        inputs = list(origins.inputs(files.shown(arguments.resource), files.text(arguments.resource)))
    except (ReadError, RequestError) as error:
        raise Failure(str(error)) from error
    try:
        told = [_of_rule(_explained(one, given, stand_in, arguments.semantics), arguments.rule) for one in inputs]
    except PolicyErrors as errors:
        raise Failure("\nkywarden: ".join(str(problem) for problem in errors.problems)) from errors
    except (ReadError, RequestError, EvaluationError, Timeout) as error:
        raise Failure(f"{files.shown(arguments.resource)}: {error}") from error
    if not told:
        raise Failure(f"{files.shown(arguments.resource)}: there is nothing to judge")
    _print(told, arguments.format, arguments.all)
    return Exit.ACCEPTED if all(one.accepted for one in told) else Exit.DENIED


def _explained(given: Input, policies: Policies, stand_in: hosts.StandIn, semantics: Semantics) -> Explanation:
    places = given.new or given.old
    policies = origins.settings(given.envelope, policies, places.places if places else None)
    own = given.envelope.get("world")
    world: Map = {**stand_in.world, **(own if isinstance(own, dict) else {})}
    return explain(given, policies, _world(stand_in, world), semantics)


def _world(stand_in: hosts.StandIn, given: Map) -> World:
    return stand_in.host().world(given, DEADLINE, {})


def _of_rule(explanation: Explanation, name: str | None) -> Explanation:
    if name is None:
        return explanation
    return replace(explanation, rules=[story for story in explanation.rules if story.rule == name])


def _print(told: list[Explanation], form: str, everything: bool) -> None:
    if form == "json":
        sys.stdout.write(formats.json(told))
    elif form == "markdown":
        sys.stdout.write(formats.markdown(told))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for number, explanation in enumerate(told):
            if number:
                console.print()
            explain_text.show(explanation, console, everything)
