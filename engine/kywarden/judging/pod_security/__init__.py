"""Pod Security Standards: does a workload violate `validate.podSecurity`?

The object is decoded into the typed struct of its kind (`schema`, `go_types`, `decoding`), its pod is found (`pods`),
the checks of the level and version look at it (`checks`), and the excludes take errors away (`controls`).
"""

from kywarden.judging.pod_security.controls import CONTROLS, Exclusion
from kywarden.judging.pod_security.controls import check as check_exclusions
from kywarden.judging.pod_security.controls import prepare as prepare_exclusions
from kywarden.judging.pod_security.evaluation import (
    PodSecurity,
    Violation,
    Violations,
    evaluate,
    failure_message,
    prepare,
    report_properties,
    validate_excludes,
)

__all__ = [
    "CONTROLS",
    "Exclusion",
    "PodSecurity",
    "Violation",
    "Violations",
    "check_exclusions",
    "evaluate",
    "failure_message",
    "prepare",
    "prepare_exclusions",
    "report_properties",
    "validate_excludes",
]
