"""`kywarden migrate`: Kyverno policies into Kubewarden's."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kywarden.cli import documents, files, json_output, migration_text
from kywarden.cli.failures import Exit, Failure, exit_codes
from kywarden.migrate import access, manifests, module
from kywarden.migrate.migration import Migration, Output, migrate
from kywarden.migrate.module import Module, ModuleError
from kywarden.migrate.options import ACCOUNT, SERVER, Options
from kywarden.values.trees import Map, Tree

EXAMPLES = """\
examples:
  kywarden migrate policy.yaml --module ghcr.io/acme/kywarden:v1.0.0 > kubewarden.yaml
  kywarden migrate policies/ -o kubewarden/ --module ghcr.io/acme/kywarden:v1.0.0
  kubectl get configmap -n kyverno kyverno -o yaml > kyverno.yaml
  kywarden migrate policies/ -o kubewarden/ --config kyverno.yaml --crd crds.yaml
  kywarden migrate policies/ -o kubewarden/ --module ghcr.io/acme/policies:v1.0.0 --baked
  kywarden migrate policies/ --format json | jq .summary

Without -o the manifests go to STDOUT and the report for people to STDERR. With -o there is a file for each
Kubewarden policy, and rbac.yaml where policies look things up.

"""


BAKE = "bake"
"""The folder, below that of the output, of what is to be baked."""


def add(subcommands: Any) -> None:
    """Register the command."""
    parser = subcommands.add_parser(
        "migrate",
        help="turn Kyverno policies into Kubewarden policies",
        description="Turn Kyverno policies (and the PolicyExceptions beside them) into ClusterAdmissionPolicies and\n"
        "AdmissionPolicies of Kubewarden, with the roles that their look-ups need, and report for each rule\n"
        "what maps, what is judged inside the module instead, and what is not possible.",
        epilog=EXAMPLES
        + exit_codes(
            "every rule maps or is judged inside the module", "something is not possible", "the input is wrong"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("policies", nargs="+", metavar="POLICY", help="a file, a folder of YAML files, or - for STDIN")
    parser.add_argument("-o", "--output", metavar="DIR", help="write one file for each policy into this folder")
    parser.add_argument(
        "--module", metavar="REGISTRY/REF", help="the module that the policies name, with a tag other than latest"
    )
    parser.add_argument(
        "--baked",
        action="store_true",
        help="name a module of its own for each policy, below --module, instead of settings; with -o what is to be\n"
        "baked is written to DIR/bake, and the commands that bake and push it are told",
    )
    documents.add(parser)
    parser.add_argument(
        "--policy-server", default=SERVER, metavar="NAME", help="the PolicyServer (default: %(default)s)"
    )
    parser.add_argument(
        "--service-account",
        default=f"{ACCOUNT.namespace}/{ACCOUNT.name}",
        metavar="NAMESPACE/NAME",
        help="that of the PolicyServer (default: %(default)s)",
    )
    parser.add_argument(
        "-f", "--format", choices=("text", "json", "yaml"), default="text", help="of the report (default: text)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The command."""
    files.check_name(arguments.output)
    options = _options(arguments)
    found = [each for name in arguments.policies for each in documents.of(name)]
    migration = migrate(found, options)
    if all(each.harmless for each in migration.report.rejected) and not migration.report.policies:
        raise files.without_policy(arguments.policies)
    objects = [*(output.made.tree for output in migration.outputs), *migration.roles]
    if arguments.output is not None:
        written = _write(Path(arguments.output), migration)
        commands: list[Tree] = [*_commands(arguments, migration)]
        _report(arguments.format, migration, {"files": written, "commands": commands}, sys.stdout)
    elif arguments.format == "text":
        sys.stdout.write(manifests.stream(objects))
        sys.stdout.flush()
        _report("text", migration, {}, sys.stderr)
    else:
        _report(arguments.format, migration, {"manifests": list(objects)}, sys.stdout)
    return Exit.ACCEPTED if migration.report.is_complete else Exit.DENIED


def _report(form: str, migration: Migration, more: Map, stream: Any) -> None:
    if form == "text":
        migration_text.show(migration.report, more, stream)
        return
    whole = {**migration.report.written(), **more}
    stream.write(f"{json_output.plain(whole)}\n" if form == "json" else manifests.text(whole))


def _write(folder: Path, migration: Migration) -> list[Tree]:
    """Write all files; their names."""
    contents: dict[str, str] = {}
    for output in migration.outputs:
        name = f"{_name(output)}.yaml"
        contents[name] = manifests.text(output.made.tree)
        if output.baked is not None:
            contents[f"{BAKE}/{name}"] = manifests.text(output.baked)
    if migration.roles:
        contents["rbac.yaml"] = manifests.stream(migration.roles)
    for name, content in contents.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        except OSError as error:  # a full disk has no name
            raise Failure.of_file(error.filename or path, error) from error
    return [str(folder / name) for name in contents]


def _name(output: Output) -> str:
    """The name of a file, without its suffix."""
    made = output.made
    return f"{made.namespace}.{made.name}" if made.namespace else made.name


def _commands(arguments: argparse.Namespace, migration: Migration) -> Iterator[str]:
    """What is to be run to make the modules that the policies name."""
    known = [
        each
        for option, values in (("--crd", arguments.crd), ("--plural", arguments.plural), ("--config", arguments.config))
        for value in (values if isinstance(values, list) else filter(None, [values]))
        for each in (option, value)
    ]
    for output in migration.outputs:
        if output.baked is None:
            continue
        name = _name(output)
        limit = [] if output.deadline is None else ["--deadline", str(output.deadline)]
        policy, module = str(Path(arguments.output) / BAKE / f"{name}.yaml"), f"{name}.wasm"
        yield shlex.join(["kywarden", "bake", policy, "-o", module, *limit, *known])
        yield shlex.join(["kwctl", "push", module, output.made.module.removeprefix("registry://")])


def _options(arguments: argparse.Namespace) -> Options:
    documents.check_utf8("--service-account", arguments.service_account)
    documents.check_utf8("--policy-server", arguments.policy_server)
    namespace, slash, name = arguments.service_account.partition("/")
    if not slash or not namespace or not name:
        raise Failure(f"--service-account {arguments.service_account} is not of the form NAMESPACE/NAME")
    return Options(
        _module(arguments.module, arguments.baked),
        documents.catalog(arguments.crd, arguments.plural),
        documents.configuration(arguments.config),
        arguments.policy_server,
        access.Account(namespace, name),
    )


def _module(reference: str | None, baked: bool) -> Module:
    if reference is None:
        return module.stand_in(version("kywarden"), baked=baked)
    try:
        return module.read(reference, baked=baked)
    except ModuleError as error:
        raise Failure(f"--module {error}") from error
