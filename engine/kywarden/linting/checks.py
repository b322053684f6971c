"""The table of checks: what each finds, and why that matters.

The page engine/docs/lint.md is made from it and from the examples, which are tests of their checks.
"""

from __future__ import annotations

from collections.abc import Mapping

from kywarden.linting.finding import Check

_TABLE: tuple[Check, ...] = (
    # what the loader says
    Check(
        "malformed",
        "error",
        "The policy cannot be decoded",
        "A field has a value of a type that Kyverno cannot decode, so the policy is refused as a whole.",
    ),
    Check(
        "bad-value",
        "error",
        "A value is none of those that are allowed",
        "The schema of the custom resource keeps the policy out of a cluster; kywarden refuses it, too.",
    ),
    Check(
        "unknown-field",
        "error",
        "A field does not exist",
        "The schema of the custom resource keeps the policy out of a cluster. Unknown fields of conditions "
        "are refused by nobody: Kyverno passes them over in silence.",
    ),
    Check(
        "refused",
        "error",
        "Kyverno refuses the policy",
        "Kyverno's own check of policies, whose words are repeated, keeps it out of a cluster.",
    ),
    Check(
        "unsupported",
        "error",
        "Kyverno accepts it, kywarden does not run it",
        "The policy is refused rather than half obeyed: what kywarden cannot do is never passed over in silence.",
    ),
    # expressions
    Check(
        "expression-syntax",
        "error",
        "A variable or query is no JMESPath",
        "Whenever the expression is evaluated the rule is an error, which blocks the request if the policy enforces.",
    ),
    Check(
        "unknown-function",
        "error",
        "A function does not exist",
        "Whenever the function is called the rule is an error.",
    ),
    Check(
        "wrong-arguments",
        "error",
        "A function is called with too few or too many arguments",
        "Whenever the function is called the rule is an error.",
    ),
    Check(
        "regex-syntax",
        "error",
        "A regular expression is none that Kyverno knows",
        "Kyverno's regular expressions are those of RE2, without look-around and back references. The rule is"
        " an error whenever the function is called.",
    ),
    Check(
        "undefined-variable",
        "error",
        "A variable does not exist where it is used",
        "Known are `request`, `serviceAccountName`, `serviceAccountNamespace`, `images`, the context entries "
        "of the rule (in a context entry only those above it), inside foreach `element`, `elementIndex` and "
        "those of outer loops as `element0`, and `target` in rules with targets. The rule is an error "
        "whenever another name is asked for.",
    ),
    Check(
        "quoted-text",
        "warning",
        "A literal is quoted wrongly",
        "In JMESPath a text stands in single quotes, any other literal in backticks. What stands in double quotes, or "
        "bare, is the name of a key, which here does not exist, so that the expression yields null.",
    ),
    Check(
        "unresolved-reference",
        "error",
        "A reference $( ) names nothing",
        "`$(path)` stands for another text of the same rule. Kubernetes' own `$(NAME)` must be written `\\$(NAME)`.",
    ),
    Check(
        "unused-context",
        "warning",
        "A context entry is not used",
        "It is never loaded, since entries are loaded when an expression first names them. Perhaps a name is misspelt.",
    ),
    # match and exclude
    Check(
        "unknown-kind",
        "warning",
        "A kind does not exist",
        "Kinds are those of Kubernetes 1.34, and custom ones may have any name: only what is nearly a "
        "built-in kind is told. A kind in another spelling, or in plural, matches nothing.",
    ),
    Check(
        "matches-nothing",
        "error",
        "Nothing passes match and exclude",
        "What match selects is excluded again, or a filter asks for what its kinds cannot have: a namespace "
        "of cluster-scoped kinds, a namespaceSelector of Namespaces.",
    ),
    Check(
        "literal-wildcard",
        "warning",
        "A wildcard is taken as it is written",
        "Roles, cluster roles and the keys of patterns know no wildcards. Only keys of `metadata.labels` and "
        "`metadata.annotations` do.",
    ),
    Check(
        "autogen-off",
        "note",
        "Rules about Pods are not made for pod controllers",
        "A filter with names, a selector or annotations, and a JSON patch, turn autogen off for all rules of "
        "the policy, without a word.",
    ),
    # conditions
    Check(
        "unknown-operator",
        "error",
        "An operator does not exist",
        "Kyverno refuses the policy.",
    ),
    Check(
        "deprecated-operator",
        "warning",
        "An operator is deprecated",
        "In and NotIn compare lists exactly and without wildcards; their successors say what they do. The "
        "Duration operators are not needed, since the others compare durations.",
    ),
    Check(
        "constant-condition",
        "warning",
        "A condition does not depend on the request",
        "Neither key nor value holds a variable; perhaps the braces are missing.",
    ),
    Check(
        "mixed-types",
        "warning",
        "A condition compares what is never equal",
        'A boolean never equals a text, not even `"true"`; a list or map never equals a text: `Equals` and `NotEquals` '
        "do not look into lists.",
    ),
    Check(
        "null-order",
        "warning",
        "JMESPath orders what it does not know",
        "JMESPath's `<` and `>` know float64 only, anything else yields null: texts, and the integers of "
        "`request.object` after the first rule of a policy. The operators of conditions compare them all.",
    ),
    Check(
        "missing-default",
        "note",
        "A label or annotation may be missing",
        "Where it is, the variable cannot be resolved and the rule is an error, which blocks the request. A "
        "default behind `||` avoids that.",
    ),
    # patterns
    Check(
        "never-holds",
        "error",
        "No value holds for a pattern",
        "The conditions of an alternative contradict each other, or a text is ordered. Only the text of the whole "
        "pattern itself, letter for letter, is let through.",
    ),
    Check(
        "always-holds",
        "warning",
        "Every value holds for a pattern",
        "Of two exclusions joined by `|` one always holds.",
    ),
    Check(
        "no-range",
        "warning",
        "A range is taken for a text",
        "A range is written without spaces, `1-5`, and its negation `1!-5`.",
    ),
    Check(
        "ignored-elements",
        "warning",
        "Elements of a list pattern are ignored",
        "The first element is the pattern of every element of the resource's list. Only under an existence "
        "anchor each counts, for some element of the list.",
    ),
    Check(
        "never-fails",
        "warning",
        "A pattern can never fail",
        "It is made of conditional and global anchors alone, which decide whether the rest applies; there is no rest. "
        "So is one alternative of anyPattern at times, on purpose: it passes where its conditions hold.",
    ),
    Check(
        "no-anchor",
        "warning",
        "A key looks like an anchor and is none",
        "The key is looked up in the resource as it is written.",
    ),
    Check(
        "anchor-without-effect",
        "note",
        "An anchor has no effect",
        'With `=(key): "*"` nothing is asked of a text or number, while a map or list fails.',
    ),
    # patches
    Check(
        "dangerous-patch",
        "error",
        "A patch destroys parts of the object, or misses its target",
        "What Kyverno's strategic merge makes of lists: an element without the list's merge key empties the "
        "list; an element with an anchor patches every element that meets it, whatever its own name, and none where "
        "elements have no name, and must give all other merge keys; two such"
        " elements leave one element of the list; a global anchor in a list drops the keys beside it; a list of a "
        "custom resource is replaced as a whole, and an element with an anchor then leaves little but names.",
    ),
    Check(
        "literal-in-patch",
        "error",
        "A key of a patch ends up in the object",
        "Patches know the anchors `(key)`, `<(key)` and `+(key)` and the directive `$patch`; anything else is"
        " put into the object as it is written.",
    ),
    Check(
        "empty-map-in-patch",
        "note",
        "An empty map of a patch is lost",
        "Kyverno's strategic merge drops empty maps, in elements that it adds, too.",
    ),
    Check(
        "unescaped-slash",
        "error",
        "A slash of a key splits the path of a JSON patch",
        "Labels and annotations are texts, so nothing is inside of them; a slash of a key is written `~1`.",
    ),
    # the rest
    Check(
        "deprecated-field",
        "note",
        "A field or form is deprecated",
        "It works as long as ClusterPolicy does; the successor says the same.",
    ),
    Check(
        "kyverno-warning",
        "note",
        "Kyverno warns of the rule",
        "What Kyverno says beside accepting a policy, in its words.",
    ),
    Check(
        "unused-ignore",
        "warning",
        "A comment waives nothing",
        "The finding it was written for is gone, or the name of the check is wrong.",
    ),
)

CHECKS: Mapping[str, Check] = {check.id: check for check in _TABLE}
"""Every check by its id."""
