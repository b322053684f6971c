"""`kywarden bake`: Kyverno policies into one module of their own."""

from __future__ import annotations

import argparse
import gzip
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kywarden import loader, settings
from kywarden.baking.subjects import HERE, Baking, sorted_out
from kywarden.cli import documents, files
from kywarden.cli.failures import WRONG, Exit, Failure, exit_codes
from kywarden.errors import PolicyErrors
from kywarden.explaining.words import counted
from kywarden.kinds.table import EXCEPTIONS
from kywarden.loader import Source
from kywarden.migrate import manifests
from kywarden.migrate.catalog import ANY, Catalog, Resource
from kywarden.migrate.migration import Document, is_name
from kywarden.migrate.options import Options
from kywarden.model.resources import group_kind, text
from kywarden.settings import Settings
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree

EXAMPLES = """\
examples:
  kywarden bake policy.yaml                                     writes NAME.wasm, after the policy
  kywarden bake policies/ --exception exceptions.yaml -o my-policy.wasm
  kywarden bake policy.yaml --rules mutate                      writes NAME-mutate.wasm; the rest: --rules validate
  kywarden bake policy.yaml --failure-action Enforce
  kywarden bake policy.yaml --settings settings.yaml --config kyverno.yaml
  kywarden bake policy.yaml -o my-policy.wasm --artifacthub artifacthub-pkg.yml \\
      --annotation version=1.0.0 --annotation ociUrl=ghcr.io/acme/policies/my-policy
  kwctl push my-policy.wasm ghcr.io/acme/policies/my-policy:v1.0.0

The module needs no settings in the cluster; exceptions can be added to those that are baked. Equal input gives equal
bytes. 'kywarden inspect' shows what is in a module, 'kywarden evaluate --module FILE' asks it.

"""
OWN_KEYS = ("policy", "policies", "exceptions")
"""Settings that arguments stand for."""

NAMING = (("kind",), ("metadata", "namespace"), ("metadata", "name"))

SHORT = "io.kubewarden.policy."


def add(subcommands: Any) -> None:
    """Register the command."""
    parser = subcommands.add_parser(
        "bake",
        help="put policies into a module of their own",
        description="Bake Kyverno policies into one self-contained module for Kubewarden hosts: they are loaded and\n"
        "prepared beforehand, and hosts and registries are told what the module is about.",
        epilog=EXAMPLES + exit_codes("written", "", f"{WRONG}: every problem on a line of its own", "internal"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("policies", nargs="+", metavar="POLICY", help="a file, a folder of YAML files, or - for STDIN")
    parser.add_argument(
        "--exception", action="append", default=[], metavar="FILE", help="PolicyExceptions; may be repeated"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="the module to write (default: NAME.wasm, after the first policy; with --rules NAME-RULES.wasm)",
    )
    parser.add_argument(
        "--module", metavar="BASE", help="the policy.wasm to bake into (default: the one that is installed)"
    )
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="settings to bake, as a YAML or JSON map: failureAction, rules, resourceFilters, deadlineMilliseconds, …",
    )
    parser.add_argument(
        "--failure-action", choices=settings.FAILURE_ACTIONS, help="what the failure of any rule does (failureAction)"
    )
    parser.add_argument(
        "--rules", choices=settings.RULES, help="the rules that run (rules): those that validate, that mutate, or all"
    )
    parser.add_argument(
        "--deadline",
        type=int,
        metavar="MILLISECONDS",
        help=f"an evaluation that takes longer is refused (deadlineMilliseconds, default: {settings.DEADLINE})",
    )
    documents.add(parser)
    parser.add_argument(
        "--annotation",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of the metadata, above those of the policies: version, title, description, author, url, ociUrl, source,\n"
        "license, or any other key by its full name; may be repeated",
    )
    parser.add_argument(
        "--artifacthub",
        metavar="FILE",
        help="write artifacthub-pkg.yml too; needs the annotations version and ociUrl (where it is pushed, without\n"
        "tag); its date is now, or SOURCE_DATE_EPOCH",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """The command."""
    found = _documents(arguments.policies, arguments.exception)
    catalog = documents.catalog(arguments.crd, arguments.plural)
    chosen = _settings(arguments, catalog)
    annotations = dict(map(_annotation, arguments.annotation))
    read = _checked(found, chosen)
    policies, exceptions = sorted_out(each.tree for each in found)
    baking = Baking(policies, exceptions, read, Options(HERE, _with_settings(catalog, read)))
    whole: Map = {"policies": [*policies], **({"exceptions": [*exceptions]} if exceptions else {}), **chosen}
    output = arguments.output or _file_name(text(policies[0], "metadata", "name"), read.regime.rules)
    _bake(arguments, baking, whole, annotations, output)
    return Exit.ACCEPTED


def _bake(arguments: argparse.Namespace, baking: Baking, whole: Map, annotations: dict[str, str], output: str) -> None:
    from kywarden.baking import artifact_hub, description, oven  # wasmtime takes a while to load
    from kywarden.cli.module_host import INSTALLED, missing

    for name in (arguments.module, arguments.settings, arguments.output):
        files.check_name(name)
    base = Path(arguments.module) if arguments.module else INSTALLED
    try:
        data = base.read_bytes()
    except FileNotFoundError as error:
        raise missing(base, "--module BASE", named=bool(arguments.module)) from error
    except OSError as error:
        raise Failure.of_file(base, error) from error
    package = ""
    if arguments.artifacthub:
        try:
            now = artifact_hub.created(os.environ)
            package = manifests.text(artifact_hub.package(description.of(baking, annotations), now))
        except artifact_hub.WrongTime as error:
            raise Failure(f"--artifacthub: {error}") from error
        except artifact_hub.Incomplete as error:
            raise Failure(f"--artifacthub: {error}; give it with --annotation NAME=VALUE") from error
    try:
        with _waiting(f"baking {output}"):
            loaf = oven.bake(data, baking, whole, version=version("kywarden"), annotations=annotations)
    except oven.BaseError as error:
        raise Failure(f"{base} {error}") from error
    except oven.Refused as error:
        raise Failure(f"{base} refuses: {error}") from error
    _write(output, loaf.module)
    if arguments.artifacthub:
        _write(arguments.artifacthub, package.encode())
    for note in loaf.notes:
        print(f"note: {note}", file=sys.stderr)
    print(_summary(output, loaf.module, baking))
    if arguments.artifacthub:
        print(f"wrote {arguments.artifacthub}")


def _summary(output: str, module: bytes, baking: Baking) -> str:
    rules = sum(len(baking.rules(subject)) for subject in baking.subjects())
    count = len(baking.policies)
    parts = [f"{count} {'policy' if count == 1 else 'policies'}", counted(rules, "rule")]
    if baking.exceptions:
        parts.append(counted(len(baking.exceptions), "exception"))
    size, zipped = len(module) / 1e6, len(gzip.compress(module, 9)) / 1e6
    return f"wrote {output}: {', '.join(parts)}; {size:.1f} MB, {zipped:.1f} MB with gzip"


def _documents(names: Sequence[str], exceptions: Sequence[str]) -> list[Document]:
    """All policies and exceptions; raises `Failure`."""
    if (*names, *exceptions).count("-") > 1:
        raise Failure("STDIN can be read once only: name files for the others")
    found = [each for name in names for each in documents.of(name, strict=True)]
    if all(group_kind(each.tree) in EXCEPTIONS for each in found):
        raise files.without_policy(names)
    exempting = [each for name in exceptions for each in documents.of(name, strict=True)]
    for each in exempting:
        if group_kind(each.tree) not in EXCEPTIONS:
            kind = text(each.tree, "kind") or "a document without kind"
            raise Failure(f"--exception {each.source}: {kind} is no exception")
    _check_names(found + exempting)
    return found + exempting


def _check_names(found: Iterable[Document]) -> None:
    """Raises `Failure` for two objects of one name, of which no cluster has both."""
    sources: dict[tuple[str, ...], str] = {}
    for each in found:
        kind, namespace, name = (text(each.tree, *path) for path in NAMING)
        key = (kind, namespace, name)
        if name and key in sources:
            shown = f"{namespace}/{name}" if namespace else name
            raise Failure(f"{each.source}: {kind} {shown} stands in {sources[key]} already")
        sources[key] = each.source


def _settings(arguments: argparse.Namespace, catalog: Catalog) -> Map:
    """The settings of file and flags, which stand above those of the file, without policies; raises `Failure`."""
    chosen: Map = {}
    configuration = documents.configuration(arguments.config)
    if configuration is not None:
        chosen |= configuration.settings
    if arguments.settings:
        chosen |= _settings_file(arguments.settings)
    kinds: dict[str, Tree] = {f"{each.plural}.{each.group}": each.kind for each in catalog.custom if each.group != "*"}
    told = chosen.get("customResources")
    if kinds and (told is None or isinstance(told, dict)):
        chosen["customResources"] = {**(told or {}), **kinds}
    if arguments.failure_action:
        chosen["failureAction"] = arguments.failure_action
    if arguments.rules:
        chosen["rules"] = arguments.rules
    if arguments.deadline is not None:
        chosen["deadlineMilliseconds"] = arguments.deadline
    return chosen


def _with_settings(catalog: Catalog, read: Settings) -> Catalog:
    """The catalog with the custom resources that the settings tell of."""
    told = ((*name.partition("."), kind) for name, kind in read.custom_resources.items())
    return Catalog((*catalog.custom, *(Resource(group, ANY, kind, plural) for plural, _, group, kind in told)))


def _settings_file(name: str) -> Map:
    shown = files.shown(name)
    try:
        tree = yaml_text.load(files.text(name), source=shown, strict=True)
    except ReadError as error:
        raise Failure(str(error)) from error
    if not isinstance(tree, dict):
        raise Failure(f"{shown}: settings must be a map")
    if own := [key for key in OWN_KEYS if key in tree]:
        raise Failure(f"{shown}: {', '.join(own)} cannot stand in this file: name the files with policies instead")
    return tree


def _checked(found: Sequence[Document], chosen: Map) -> Settings:
    """The settings, when a host would take them with the policies; raises `Failure` with all problems."""
    read, problems = settings.read(chosen)
    texts = list(map(str, problems))
    read = replace(read, sources=tuple(Source(each.tree, each.source) for each in found))
    try:
        loader.load_completely(read.sources, read.regime, read.unanswerable)
    except PolicyErrors as errors:
        texts += map(str, errors.problems)
    if texts:
        raise Failure(*texts)
    return read


def _file_name(policy: str, rules: str) -> str:
    if not is_name(policy):
        raise Failure(f'"{policy}" is no name of a file: name one with --output')
    return f"{policy}.wasm" if rules == "all" else f"{policy}-{rules}.wasm"


def _annotation(argument: str) -> tuple[str, str]:
    key, equals, value = argument.partition("=")
    if not equals or not key or not value:
        raise Failure(f"--annotation {argument} is not of the form KEY=VALUE")
    documents.check_utf8("--annotation", argument)
    return key if "." in key else SHORT + key, value


def _write(name: str, data: bytes) -> None:
    """Write a whole file or none; what is there and no file, such as a device, is written to as it is."""
    path = Path(name)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.new")
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise Failure.of_file(name, error) from error


@contextmanager
def _waiting(what: str) -> Iterator[None]:
    """A spinner on STDERR, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
