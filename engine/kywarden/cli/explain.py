"""`kywarden explain`: why a request is judged as it is, rule by rule, with the lines that decide."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from typing import Any

from kywarden import protocol
from kywarden.cli import explain_text, files, hosts
from kywarden.cli.evaluate import Additions, encoded
from kywarden.cli.failures import WRONG, Exit, Failure, exit_codes
from kywarden.cli.formats import explain as formats
from kywarden.cli.screen import Screen
from kywarden.errors import EvaluationError, PolicyErrors, RequestError, Timeout
from kywarden.explaining import origins
from kywarden.explaining.explainer import Judges, explain, load
from kywarden.explaining.origins import Input, Policies
from kywarden.explaining.statement import Explanation
from kywarden.explaining.where import running_names
from kywarden.kinds.program import Regime
from kywarden.model.request import SEMANTICS
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map

DEADLINE = 10_000
"""Milliseconds of one evaluation at least, since watching takes time."""

EXAMPLES = """\
examples:
  kywarden explain policy.yaml --resource pod.yaml           why this object is denied, or let through
  kubectl get pod web -o yaml | kywarden explain policies/*.yaml
  kywarden explain policy.yaml -r review.json --all          every rule, also those that do not match
  kywarden explain policy.yaml -r pod.yaml --format markdown for a pull request

Each evaluation may take 10 seconds, or deadlineMilliseconds of the settings where that is more: watching takes time.
'kywarden evaluate' and the module end it after 0.8 seconds, unless the settings say otherwise.

"""


def add(subcommands: Any) -> None:
    """Register the command."""
    parser = subcommands.add_parser(
        "explain",
        help="say why a request is judged as it is, with the lines",
        description="Judge requests and tell for each rule what decided: the clause of match or exclude, the\n"
        "condition with both sides, the part of a pattern, the element of a loop, the control of the Pod\n"
        "Security Standards, the exception; and where the values of variables come from.",
        epilog=EXAMPLES + exit_codes("accepted", "denied", WRONG),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("policies", nargs="*", metavar="POLICY", help="policies and exceptions in YAML")
    parser.add_argument(
        "-r", "--resource", default="-", metavar="FILE", help="what to judge, as for 'evaluate' (default: STDIN)"
    )
    parser.add_argument("--all", action="store_true", help="tell everything, also of rules that pass or do not match")
    parser.add_argument("--rule", metavar="NAME", help="only the rule of that name, with its copies by autogen")
    parser.add_argument("-f", "--format", choices=("text", "json", "markdown"), default="text")
    parser.add_argument(
        "--semantics",
        choices=SEMANTICS,
        help="judge as Kyverno's webhook (default), as 'kyverno apply' or as 'kyverno test'",
    )
    parser.add_argument("--world", metavar="FILE", help="what lies outside the request, as for 'evaluate'")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """The command."""
    shown = files.shown(arguments.resource)
    options: Map = {"semantics": arguments.semantics} if arguments.semantics else {}
    stand_in = hosts.stand_in(arguments.world, None)
    try:
        given = origins.policies({name: files.text(name) for name in arguments.policies})
        trees = [origin.tree for origin in (*given.policies, *given.exceptions)]
        if arguments.policies and not trees:
            raise files.without_policy(arguments.policies)
        explainer = _Explainer(given, Additions(trees, options, stand_in.world), stand_in)
        told = [explainer.explained(one) for one in list(origins.inputs(shown, files.read(arguments.resource)))]
    except PolicyErrors as errors:
        raise Failure.of_policies(errors) from errors
    except (ReadError, RequestError, EvaluationError, Timeout) as error:
        has_place = (isinstance(error, ReadError) and error.source) or (isinstance(error, RequestError) and error.place)
        raise Failure(str(error) if has_place else f"{shown}: {error}") from error
    if not told:
        raise Failure(f"{shown}: there is nothing to judge")
    if arguments.rule:
        told = _of_rule(told, arguments.rule)
    _print(told, arguments.format, arguments.all)
    return Exit.ACCEPTED if all(one.accepted for one in told) else Exit.DENIED


@dataclass(slots=True)
class _Explainer:
    """Explains one thing after the other; what the arguments name is loaded once for all that bring no settings."""

    given: Policies
    additions: Additions
    stand_in: hosts.StandIn
    plain: Judges | None = None

    def explained(self, one: Input) -> Explanation:
        envelope = self.additions.to(one.envelope)
        protocol.check_size(encoded(envelope))
        asked = protocol.read_envelope(envelope)
        chosen = asked.settings
        world = self.stand_in.host().world(asked.world, max(DEADLINE, chosen.deadline), chosen.custom_resources)
        judges = self._judges(one, chosen.regime)
        return explain(one, judges, asked.read_request(), world, chosen.filter)

    def _judges(self, one: Input, regime: Regime) -> Judges:
        if one.envelope.get("settings"):
            return load(origins.settings(one, self.given), regime)
        if self.plain is None:
            self.plain = load(self.given)
        return self.plain


def _of_rule(told: list[Explanation], name: str) -> list[Explanation]:
    """The stories of one rule, and of its copies by autogen. Raises Failure where no policy has it."""
    names = running_names(name)
    kept = [replace(one, rules=[story for story in one.rules if story.rule in names]) for one in told]
    if not any(one.rules or one.note for one in kept):
        raise Failure(f"there is no rule {name} in the policies")
    return kept


def _print(told: list[Explanation], form: str, everything: bool) -> None:
    if form == "json":
        sys.stdout.write(formats.json(told))
    elif form == "markdown":
        sys.stdout.write(formats.markdown(told))
    else:
        console = Screen(soft_wrap=True)
        for number, explanation in enumerate(told):
            if number:
                console.print()
            explain_text.show(explanation, console, everything)
