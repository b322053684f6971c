"""Documents that commands about deployment read: policies, definitions of custom resources, Kyverno's ConfigMap."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from kywarden.cli import files
from kywarden.cli.failures import Failure
from kywarden.migrate import catalog as catalogs
from kywarden.migrate import configuration as configurations
from kywarden.migrate.catalog import Catalog, Resource
from kywarden.migrate.configuration import Configuration, ConfigurationError
from kywarden.migrate.migration import Document
from kywarden.model import lists
from kywarden.model.lists import MisfitError
from kywarden.testing.files import YAML
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError


def add(parser: argparse.ArgumentParser) -> None:
    """Register the arguments that name them."""
    parser.add_argument("--config", metavar="FILE", help="Kyverno's ConfigMap, whose filters are carried over")
    parser.add_argument(
        "--crd", action="append", default=[], metavar="FILE", help="definitions of custom resources; may be repeated"
    )
    parser.add_argument(
        "--plural",
        action="append",
        default=[],
        metavar="KIND.GROUP=PLURAL",
        help="the resource name of a custom resource; may be repeated",
    )


def catalog(crds: Sequence[str], plurals: Sequence[str]) -> Catalog:
    """The resources of `--crd` and `--plural`; raises `Failure`."""
    definitions = [each for name in crds for each in _definitions(name)]
    for argument in plurals:
        check_utf8("--plural", argument)
    try:
        told = [catalogs.told(argument) for argument in plurals]
    except ValueError as error:
        raise Failure(f"--plural {error}") from error
    return Catalog((*told, *definitions))


def check_utf8(option: str, argument: str) -> None:
    """Raises `Failure` for an argument that cannot stand in a document."""
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise Failure(f"{option} {argument!a} is no UTF-8") from error


def configuration(name: str | None) -> Configuration | None:
    """Kyverno's configuration, None without a file; raises `Failure`."""
    if name is None:
        return None
    found = list(of(name))
    if len(found) != 1:
        raise Failure(f"{files.shown(name)}: Kyverno's configuration is one ConfigMap, not {len(found)} documents")
    try:
        return configurations.read(found[0].tree)
    except ConfigurationError as error:
        raise Failure(f"{files.shown(name)}: {error}") from error


def of(name: str, *, strict: bool = False) -> Iterator[Document]:
    """The documents of a file, of all YAML files of a folder, or of STDIN for `-`; those of Lists one by one.

    strict: as the module reads text; raises `Failure`.
    """
    for file in files.expanded(name, YAML):
        shown = files.shown(file)
        try:
            found = yaml_text.load_all(files.text(file), source=shown, strict=strict, portable=strict)
        except ReadError as error:
            raise Failure(str(error)) from error
        for document in found:
            try:
                yield from (Document(tree, shown) for _, tree in lists.spread(document.tree))
            except MisfitError as error:
                raise Failure(f"{shown}: {error}" if error.path else f"{shown}: a document {error}") from error


def _definitions(name: str) -> list[Resource]:
    found = catalogs.definitions(each.tree for each in of(name))
    if not found:
        raise Failure(f"--crd {files.shown(name)}: there is no CustomResourceDefinition")
    return found
