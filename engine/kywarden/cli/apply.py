"""`kywarden apply`: Kyverno's `apply` on files, and more formats of reports.

Source: cmd/cli/kubectl-kyverno/commands/apply; https://kyverno.io/docs/kyverno-cli/reference/kyverno_apply/.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence

from kywarden.cli import apply_inputs, apply_output, apply_run, drop_in, screen
from kywarden.cli.apply_inputs import Inputs
from kywarden.cli.apply_output import Target
from kywarden.cli.drop_in import JOBS, Command
from kywarden.cli.flags import SECOND, Flag, Parsed
from kywarden.cli.formats import exceptions, findings, github, junit, reports, sarif, yaml_v2
from kywarden.cli.paint import Paint
from kywarden.cli.screen import tell, visible
from kywarden.kinds.table import KINDS
from kywarden.testing.counters import Counters, Judged
from kywarden.testing.files import Files
from kywarden.testing.resources import Place

NO_CLUSTER = "there is no cluster here"
NO_GIT = "kywarden clones no repositories: clone it and name the directory"
NO_REGISTRY = "there is no access to registries: image data comes from values"
NO_CEL = "CEL policies are not supported"
MONTH = 30 * 24 * 3600 * SECOND

EXTRA_FORMATS = ("policyreport", "policyreport-json", "junit", "sarif", "github")
"""Values of `--output-format` that are ours: they need no `-p`, and nothing else stands on STDOUT."""

_RESOURCE = "Path to resource files"
_TARGET = "target resources files for policies that have mutate existing"
_EXCEPTION = "Policy exception to be considered when evaluating policies against resources"
_WITHIN = "Evaluate policy exceptions from the resources path"

FLAGS = (
    Flag("json", "strings", "Path to JSON payload files"),
    Flag("http-payload", "strings", "Path to HTTP check request payload files (JSON)", inert=NO_CEL),
    Flag("envoy-payload", "strings", "Path to Envoy check request payload files (JSON)", inert=NO_CEL),
    Flag("resource", "strings", _RESOURCE, short="r"),
    Flag("resources", "strings", _RESOURCE, target="resource"),
    Flag("target-resource", "strings", f"Path to individual files containing {_TARGET}"),
    Flag("target-resources", "strings", f"Path to a directory containing {_TARGET}", target="target-resource"),
    Flag(
        "cluster",
        "bool",
        "Checks if policies should be applied to cluster in the current context",
        short="c",
        inert=NO_CLUSTER,
    ),
    Flag("output", "string", "Prints the mutated/generated resources in provided file/directory", short="o"),
    Flag("userinfo", "string", "Admission Info including Roles, Cluster Roles and Subjects", short="u"),
    Flag("set", "strings", "Variables that are required", short="s"),
    Flag("values-file", "string", "File containing values for policy variables", short="f"),
    Flag("context-file", "string", "File containing context data for CEL policies", inert=NO_CEL),
    Flag("policy-report", "bool", "Generates policy report when passed (default policyviolation)", short="p"),
    Flag(
        "output-format",
        "string",
        "Specifies the policy report format (json or yaml). Default: yaml."
        f" Of ours, also without -p: {', '.join(EXTRA_FORMATS)}.",
        default="yaml",
    ),
    Flag("namespace", "string", "Optional Policy parameter passed with cluster flag", short="n"),
    Flag("stdin", "bool", "Optional mutate policy parameter to pipe directly through to kubectl", short="i"),
    Flag(
        "registry",
        "bool",
        "If set to true, access the image registry using local docker credentials to populate external data",
        inert=NO_REGISTRY,
    ),
    Flag(
        "kubeconfig",
        "string",
        "path to kubeconfig file with authorization and master location information",
        inert=NO_CLUSTER,
    ),
    Flag("context", "string", "The name of the kubeconfig context to use", inert=NO_CLUSTER),
    Flag("git-branch", "string", "test git repository branch", short="b", inert=NO_GIT),
    Flag("username", "string", "Username for connecting to git repository", inert=NO_GIT),
    Flag("password", "string", "Password for connecting to git repository", inert=NO_GIT),
    Flag("audit-warn", "bool", "If set to true, will flag audit policies as warnings instead of failures"),
    Flag(
        "warn-exit-code",
        "int",
        "Set the exit code for warnings; if failures or errors are found, will exit 1",
        default=0,
    ),
    Flag(
        "warn-no-pass",
        "bool",
        "Specify if warning exit code should be raised if no objects satisfied a policy;"
        " can be used together with --warn-exit-code flag",
    ),
    Flag("remove-color", "bool", "Remove any color from output"),
    Flag("detailed-results", "bool", "If set to true, display detailed results"),
    Flag("table", "bool", "Show results in table format", short="t"),
    Flag(
        "parameter-resource",
        "strings",
        "Path to resource files that act as ValidatingAdmissionPolicy/MutatingAdmissionPolicy parameters",
    ),
    Flag("exception", "strings", _EXCEPTION, short="e"),
    Flag("exceptions", "strings", _EXCEPTION, target="exception"),
    Flag(
        "continue-on-fail",
        "bool",
        "If set to true, will continue to apply policies on the next resource upon failure to apply to the current"
        " resource instead of exiting out",
    ),
    Flag("exceptions-with-resources", "bool", _WITHIN),
    Flag("exceptions-within-resources", "bool", _WITHIN),
    Flag("exceptions-within-policies", "bool", "Evaluate policy exceptions from the policies path"),
    Flag("generate-exceptions", "bool", "Generate policy exceptions for each violation"),
    Flag("generated-exception-ttl", "duration", "Default TTL for generated exceptions", default=MONTH),
    Flag(
        "cluster-wide-resources",
        "bool",
        "If set to true, will apply policies to cluster-wide resources",
        inert=NO_CLUSTER,
    ),
    Flag("concurrent", "int", "Number of concurrent workers for resource loading", default=1),
    Flag("batch-size", "int", "Number of resources to fetch per API call", default=100),
    Flag("continue-on-error", "bool", "Continue processing despite resource loading errors", default=True),
    Flag("show-performance", "bool", "Show resource loading performance metrics"),
    Flag("crd-paths", "strings", "List of paths to CRD files to be used for apply command"),
    Flag(
        "crd-path",
        "strings",
        "Deprecated: use --crd-paths instead",
        target="crd-paths",
        deprecated="use --crd-paths instead",
    ),
    JOBS,
    Flag("allow-unsupported", "bool", "Policies that are not supported do not fail the run"),
)


def run(parsed: Parsed) -> int:
    """The command."""
    apply_inputs.check_arguments(parsed)
    apply_inputs.check_cluster(parsed)
    extra = parsed.text("output-format") if parsed.text("output-format") in EXTRA_FORMATS else ""
    target = Target.prepared(parsed.text("output"), parsed.has("stdin"), silent=bool(extra))
    warnings: list[str] = []
    inputs = apply_inputs.load(parsed, Files(), warnings)
    for warning in warnings:
        tell(f"kywarden: {warning}")
    if not extra and not any(parsed.has(name) for name in ("stdin", "policy-report", "generate-exceptions")):
        print(_headline(inputs))
    counters = Counters(errors=sum(bool(policy.invalid) for policy in inputs.policies))
    placed = list(apply_run.applied(inputs, parsed, target))
    found = [one for one, _ in placed]
    counters.add(found)
    if extra:
        screen.write(_extra(extra, placed, inputs))
    else:
        _show(parsed, inputs, found, counters)
    return _exit(parsed, inputs, counters, silent=bool(extra))


def _headline(inputs: Inputs) -> str:
    rules = sum(
        len(entry.facts.rule_names(policy.tree)) if (entry := KINDS.get(policy.key)) else 1
        for policy in inputs.policies
        if not policy.kind.endswith("Binding")
    )
    given = len(inputs.resources) + len(inputs.payloads)
    exempt = f" with {len(inputs.exceptions)} exception(s)" if inputs.exceptions else ""
    return f"\nApplying {rules} policy rule(s) to {given} resource(s){exempt}..."


def _show(parsed: Parsed, inputs: Inputs, found: Sequence[Judged], counters: Counters) -> None:
    for line in apply_output.invalid_lines(inputs.policies):
        print(visible(line))
    written = reports.writer(parsed.text("output-format"))
    if parsed.has("policy-report"):
        for report in reports.open_reports(found, int(time.time())):
            if report["kind"] != "ClusterReport":
                print("---")
            screen.write(f"{written(report)}\n")
    elif parsed.has("generate-exceptions"):
        failures = reports.failures(reports.open_reports(found, int(time.time())))
        for exception in exceptions.of_failures(failures, parsed.number("generated-exception-ttl")):
            screen.write(f"---\n{written(exception)}\n")
    elif parsed.has("table"):
        paint = Paint.chosen(parsed.has("remove-color"))
        sys.stdout.write(apply_output.results_table(found, parsed.has("detailed-results"), paint))
    else:
        for line in apply_output.failure_lines(found):
            print(visible(line))
        print(f"\n{counters}")


def _extra(form: str, placed: Sequence[tuple[Judged, Place]], inputs: Inputs) -> str:
    if form.startswith("policyreport"):
        documents = reports.policy_reports([one for one, _ in placed], int(time.time()))
        if form.endswith("json"):
            return "".join(f"{reports.json_document(one)}\n" for one in documents)
        return "---\n".join(map(yaml_v2.dump, documents))
    renderers: Mapping[str, Callable[[Sequence[findings.Finding]], str]] = {
        "junit": junit.render,
        "sarif": sarif.render,
        "github": github.render,
    }
    return renderers[form](findings.of_outcomes(placed, inputs.policies))


def _exit(parsed: Parsed, inputs: Inputs, counters: Counters, silent: bool) -> int:
    """The exit code: from the counters, never from what is shown."""
    unsupported = [policy for policy in inputs.policies if policy.unsupported]
    for policy in unsupported:
        tell(f"kywarden: policy {policy.name} ({policy.kind}) is not supported: {policy.unsupported}")
    if counters.failed or counters.errors or (unsupported and not parsed.has("allow-unsupported")):
        return 1
    code = parsed.number("warn-exit-code")
    if counters.warned and code:
        if not silent:
            sys.stdout.write(f"exit as warnExitCode is {code}")
        return code
    if not counters.passed and parsed.has("warn-no-pass"):
        if not silent:
            print("exit as no objects satisfied policy")
        return code
    return 0


COMMAND = Command(
    name="apply",
    summary="Applies policies on resources.",
    usage=" [flags]",
    examples=(
        (
            "Apply on a resource",
            "apply /path/to/policy.yaml /path/to/folderOfPolicies --resource=/path/to/resource1"
            " --resource=/path/to/resource2",
        ),
        (
            "Apply on a folder of resources",
            "apply /path/to/policy.yaml /path/to/folderOfPolicies --resource=/path/to/resources/",
        ),
        (
            "Apply single policy with variable on single resource",
            "apply /path/to/policy.yaml --resource /path/to/resource.yaml"
            " --set <variable1>=<value1>,<variable2>=<value2>",
        ),
        (
            "Apply multiple policy with variable on multiple resource",
            "apply /path/to/policy1.yaml /path/to/policy2.yaml --resource /path/to/resource1.yaml"
            " --resource /path/to/resource2.yaml -f /path/to/value.yaml",
        ),
        ("Report to a code scanner", "apply policies/ --resource manifests/ --output-format sarif > results.sarif"),
    ),
    flags=FLAGS,
    run=run,
    exits=(
        "nothing failed",
        "a failure, an error, or what is not supported; warnings alone end as --warn-exit-code says",
    ),
)


def main(arguments: Sequence[str]) -> int:
    """The command as the process calls it."""
    return drop_in.main(COMMAND, arguments)
