"""`kywarden inspect`: what is in a module."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from kywarden.cli import files, json_output, screen
from kywarden.cli.failures import Exit, Failure, exit_codes
from kywarden.cli.screen import visible
from kywarden.model import resources
from kywarden.values.trees import Map, Tree, maps, texts

EXAMPLES = """\
examples:
  kywarden inspect my-policy.wasm
  kywarden inspect my-policy.wasm --format json | jq .policies
  kywarden inspect my-policy.wasm --print settings         what was baked, as JSON (custom section kywarden.baked)
  kywarden inspect policy.wasm --print sbom                SPDX 2.3 in JSON (custom section kywarden.sbom)
  kywarden inspect policy.wasm --print licenses            the notices (custom section kywarden.licenses)

"""
USAGE = "io.kubewarden.policy.usage"
"""A page of text, in JSON only."""

KINDS = {
    "baked": "kywarden {}, with policies baked into it",
    "base": "kywarden {}, policies come in settings",
    "foreign": "a module that is not kywarden's",
}


def add(subcommands: Any) -> None:
    """Register the command."""
    parser = subcommands.add_parser(
        "inspect",
        help="show what is in a module",
        description="Show what is in a module without running it: the policies baked into it, its settings, metadata,\n"
        "size, imports and exports, and the licences of its parts.",
        epilog=EXAMPLES + exit_codes("shown", "", "the file is no module, or has not what is to be printed"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("module", metavar="FILE.wasm", help="the module, or - for STDIN")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--print", dest="part", choices=("settings", "metadata", "sbom", "licenses"), help="print one part as it is"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """The command."""
    from kywarden.wasm.encoding import FormatError
    from kywarden.wasm.json_sections import Damaged

    data, shown = files.read(arguments.module), files.shown(arguments.module)
    try:
        written = _part(data, shown, arguments.part) if arguments.part else _report(data, shown, arguments.format)
    except FormatError as error:
        raise Failure(f"{shown} is no WebAssembly module: {error}") from error
    except Damaged as error:
        raise Failure(f"{shown}: {error}") from error
    screen.write(written)
    return Exit.ACCEPTED


def _part(data: bytes, shown: str, part: str) -> str:
    from kywarden.baking import contents
    from kywarden.wasm import metadata, notices

    noticed, baked = notices.find(data), contents.find(data)
    parts: dict[str, Tree] = {"metadata": metadata.find(data)}
    if baked is not None:
        parts["settings"] = baked.settings
    if noticed is not None:
        parts |= {"sbom": noticed.bill, "licenses": noticed.licenses}
    found = parts.get(part)
    if found is None:
        raise Failure(f"{shown} has no {part} in it")
    return found if isinstance(found, str) else f"{json_output.plain(found)}\n"


def _report(data: bytes, shown: str, form: str) -> str:
    from kywarden.baking.inspection import inspect

    report: Map = {"file": shown, **inspect(data)}
    return (
        f"{json_output.plain(report)}\n" if form == "json" else "".join(f"{_line(each)}\n" for each in _lines(report))
    )


def _line(text: str) -> str:
    """One line, whatever stands in the module; a line feed at its start separates."""
    start = "\n" if text.startswith("\n") else ""
    return start + visible(text.removeprefix(start)).replace("\n", " ")


def _lines(report: Any) -> Iterator[str]:
    yield f"{report['file']}: {KINDS[report['kind']].format(report['kywarden'])}"
    for policy in report.get("policies", ()):
        yield f"\n{policy['kind']} {policy['name']}"
        yield from _rules(policy["rules"])
    if report.get("exceptions"):
        yield f"\nexceptions  {', '.join(report['exceptions'])}"
    if report.get("settings"):
        yield "\nsettings"
        yield from (f"  {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in report["settings"].items())
    if report["metadata"] is not None:
        yield "\nmetadata"
        yield from _metadata(report["metadata"])
    yield "\nmodule"
    yield f"  size     {report['size']:,} bytes, {report['gzip']:,} with gzip"
    yield f"  memory   {report['memoryPages']} pages ({report['memoryBytes'] / 2**20:.1f} MiB)"
    yield f"  sha256   {report['sha256']}"
    if report.get("base"):
        yield f"  base     {report['base']}"
    yield f"  imports  {', '.join(_imports(report['imports']))}"
    yield f"  exports  {', '.join(report['exports'])}"
    if report.get("components"):
        yield "\ncomponents and licences"
        yield from _components(report["components"])


def _imports(names: list[str]) -> Iterator[str]:
    """The modules, with the number of functions where there are several."""
    counts = Counter(name.rpartition(".")[0] for name in names)
    for module, count in counts.items():
        single = next(name for name in names if name.startswith(f"{module}."))
        yield single if count == 1 else f"{module} ({count} functions)"


def _rules(rules: Any) -> Iterator[str]:
    width = max((len(rule["name"]) for rule in rules), default=0)
    for rule in rules:
        action = f", {rule['action']}" if "action" in rule else ""
        copies = f"; autogen: {', '.join(rule['autogen'])}" if "autogen" in rule else ""
        yield f"  {rule['name']:{width}}  {rule['type']}{action}{copies}"


def _metadata(metadata: Map) -> Iterator[str]:
    """What is as hosts want it; whatever else there is stands in the JSON."""
    for key, value in resources.texts(metadata, "annotations").items():
        if key != USAGE:
            yield f"  {key.removeprefix('io.kubewarden.policy.')}: {value}"
    for rule in maps(metadata.get("rules")):
        groups = ", ".join(group or "core" for group in texts(rule.get("apiGroups")))
        operations, names = (", ".join(texts(rule.get(key))) for key in ("operations", "resources"))
        yield f"  rule: {operations} of {names} ({groups})"
    for key in ("mutating", "backgroundAudit", "policyType", "executionMode", "minimumKubewardenVersion"):
        if key in metadata:
            yield f"  {key}: {json.dumps(metadata[key])}"
    if read := maps(metadata.get("contextAwareResources")):
        listed = (f"{resources.text(each, 'apiVersion')} {resources.text(each, 'kind')}" for each in read)
        yield f"  contextAwareResources: {', '.join(listed)}"
    if capabilities := texts(metadata.get("hostCapabilities")):
        yield f"  hostCapabilities: {', '.join(capabilities)}"


def _components(components: Any) -> Iterator[str]:
    width = max(len(f"{each['name']} {each['version']}") for each in components)
    for each in components:
        yield f"  {each['name'] + ' ' + each['version']:{width}}  {each['license']}".rstrip()
