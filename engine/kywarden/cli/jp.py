"""`kywarden jp`: Kyverno's `jp`, to try expressions and to learn the dialect.

Source: cmd/cli/kubectl-kyverno/commands/jp; https://kyverno.io/docs/kyverno-cli/reference/kyverno_jp/.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from kywarden import jmes
from kywarden.cli import drop_in
from kywarden.cli.drop_in import Command, Refused
from kywarden.cli.flags import Flag, Parsed
from kywarden.cli.json_output import indented
from kywarden.cli.screen import write
from kywarden.errors import EvaluationError
from kywarden.host.given import GivenHost
from kywarden.jmes import parser, syntax_tree_text
from kywarden.jmes.functions import FUNCTIONS
from kywarden.jmes.lexer import SyntaxProblem
from kywarden.testing.files import go_error, yaml_error
from kywarden.values import yaml_text
from kywarden.values.go_text import json_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Tree, floated

PATIENCE = 60_000
"""Milliseconds for all queries."""


def query(parsed: Parsed) -> int:
    """Evaluate expressions over an input; each result stands behind its expression."""
    expressions = [*parsed.arguments, *(_read(path, "to read") for path in parsed.texts("query"))]
    path = parsed.text("input")
    given = _input(_read(path, "to read")) if path else None
    if not expressions and given is None:
        raise Refused("at least one query or input object is required")
    if not expressions:
        expressions.append(_asked("Enter a jmespath expression and hit Ctrl+D."))
    if given is None:
        given = _input(_asked("Enter input object and hit Ctrl+D."))
    world = GivenHost().world({}, PATIENCE)
    for text in expressions:
        try:
            expression = jmes.compile(text)
        except EvaluationError as error:
            raise Refused(f"failed to compile JMESPath: {text}, error: {error}") from None
        try:
            result = expression.search(given, world)
        except EvaluationError as error:
            raise Refused(f"error evaluating JMESPath expression: {error}") from None
        write(f"# {text}\n{_shown(result, parsed)}\n")
    return 0


def _shown(result: Tree, parsed: Parsed) -> str:
    if isinstance(result, str) and parsed.has("unquoted"):
        return result
    return json_text(result) if parsed.has("compact") else indented(result)


def function(parsed: Parsed) -> int:
    """Every function, or those that are named: signature, what it does, an example."""
    rows = sorted(FUNCTIONS.values(), key=lambda row: row.signature)
    for row in rows:
        if not parsed.arguments or row.name in parsed.arguments:
            print(f"Name: {row.name}")
            print(f"  Signature: {row.signature}")
            print(f"  Note:      {row.doc}")
            print(f"  Example:   {row.example}")
            print()
    return 0


def parse(parsed: Parsed) -> int:
    """The syntax trees of expressions."""
    expressions = [*parsed.arguments, *(_read(path, "read") for path in parsed.texts("file"))]
    for text in expressions or [_asked("Enter a jmespath expression and hit Ctrl+D.")]:
        try:
            tree = parser.parse(text)
        except SyntaxProblem as problem:
            if problem.offset is None:
                raise Refused(str(problem)) from None
            # Go counts bytes
            blank = " " * len(text[: problem.offset].encode())
            raise Refused(f"{problem}\n{text}\n{blank}^") from None
        except EvaluationError as error:
            raise Refused(str(error)) from None
        write(f"# {text}\n{syntax_tree_text.text(tree)}\n")
    return 0


def _read(path: str, attempt: str) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        verb = "read" if Path(path).is_dir() else "open"
        said = f"failed {attempt} file" if verb == "read" else "failed open file"
        raise Refused(f"{said} {path}: {go_error(verb, path, error)}") from None


def _asked(prompt: str) -> str:
    print("Reading from terminal input.")
    print(prompt, flush=True)
    return sys.stdin.read()


def _input(content: str) -> Tree:
    try:
        return floated(yaml_text.load(content))
    except ReadError as error:
        raise Refused(f"error parsing input json: error converting YAML to JSON: {yaml_error(error)}") from None


EXPRESSION = "'request.object.metadata.name | truncate(@, `9`)'"

EXITS = ("evaluated", "an error")

COMMANDS = (
    Command(
        name="jp query",
        summary="Evaluates JMESPath expressions over an object, in Kyverno's dialect.",
        usage=" [-i input] [-q query|query]... [flags]",
        examples=(
            ("Evaluate query", f"jp query -i object.yaml {EXPRESSION}"),
            ("Evaluate query from a file", "jp query -i object.yaml -q query-file"),
            ("Pipe an object", "jp query -q query-file < object.yaml"),
        ),
        flags=(
            Flag("compact", "bool", "Produce compact JSON output that omits non essential whitespace", short="c"),
            Flag(
                "unquoted",
                "bool",
                "If the final result is a string, it will be printed without quotes",
                short="u",
            ),
            Flag("query", "strings", "Read JMESPath expression from the specified file", short="q"),
            Flag("input", "string", "Read input from a JSON or YAML file instead of stdin", short="i"),
        ),
        run=query,
        exits=EXITS,
    ),
    Command(
        name="jp function",
        summary="Shows the functions of expressions: signature, what it does, an example.",
        usage=" [function_name]... [flags]",
        examples=(("List functions", "jp function"), ("Get function infos", "jp function truncate")),
        flags=(),
        run=function,
        exits=EXITS,
    ),
    Command(
        name="jp parse",
        summary="Parses JMESPath expressions and shows their syntax trees.",
        usage=" [-f file|expression]... [flags]",
        examples=(("Parse expression", f"jp parse {EXPRESSION}"), ("Parse from a file", "jp parse -f my-file")),
        flags=(Flag("file", "strings", "Read input from a JSON or YAML file instead of stdin", short="f"),),
        run=parse,
        exits=EXITS,
    ),
)


def run(parsed: Parsed) -> int:
    """Without a subcommand: the help page."""
    if parsed.arguments:
        raise Refused(f'unknown command "{parsed.arguments[0]}" for "kywarden jp"')
    sys.stdout.write(COMMAND.help())
    for command in COMMANDS:
        print(f"  {command.name:12} {command.summary}")
    return 0


COMMAND = Command(
    name="jp",
    summary="A command line for JMESPath in Kyverno's dialect.",
    usage=" [command]",
    examples=tuple(command.examples[0] for command in COMMANDS),
    flags=(),
    run=run,
    exits=EXITS,
)


def main(arguments: Sequence[str]) -> int:
    """Run a subcommand."""
    for command in COMMANDS:
        if arguments and command.name == f"jp {arguments[0]}":
            return drop_in.main(command, arguments[1:])
    return drop_in.main(COMMAND, arguments)
