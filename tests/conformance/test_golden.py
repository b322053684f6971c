"""What the real Kyverno answers, row by row: natively all rows of supported policies, through the module a sample.

`python -m tests.conformance.report` prints the same comparison as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kywarden import protocol
from kywarden.host.given import GivenHost
from kywarden.wasm.runner import Module
from tests import data
from tests.conformance import golden
from tests.conformance.golden import Case

pytestmark = pytest.mark.corpus

SETS = {
    "generated, admission": lambda: golden.generated("admit"),
    "generated, apply": lambda: golden.generated("apply"),
    "corpus, admission": lambda: golden.corpus("admit"),
    "corpus, apply": lambda: golden.corpus("apply"),
    "corpus, test": lambda: golden.corpus("test"),
}
MINIMUM = {
    "generated, admission": 5170,
    "generated, apply": 380,
    "corpus, admission": 11_245,
    "corpus, apply": 1474,
    "corpus, test": 3,
}
"""Rows that must at least be compared, which is all there are of supported policies: none may get lost."""

REFUSED = (
    "not supported: CEL expressions are not supported",
    "not supported: celPreconditions need CEL, which is not supported",
    "refused: kind ValidatingPolicy is no policy kind known here",
    "refused: kind MutatingPolicy is no policy kind known here",
)
"""How the reasons begin for which rows may be left out."""

SAMPLE = 2000
"""Rows that are also sent through the module."""


@pytest.mark.parametrize("name", SETS)
def test_every_row_of_supported_policies_is_answered_as_kyverno_answers_it(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    report = golden.compare(SETS[name](), golden.native)
    record_property("table", f"{name}\n{report.table()}")
    assert report.differences == []
    assert [reason for reason in report.refused if not reason.startswith(REFUSED)] == []
    assert report.equal.total() >= MINIMUM[name]


def sample() -> Iterator[Case]:
    """A fixed sample of the admission rows whose policies are supported, spread over both sets."""
    supported = [
        case
        for name in ("generated, admission", "corpus, admission")
        for case in SETS[name]()
        if not golden.refused(case)
    ]
    step = len(supported) / SAMPLE
    return (supported[int(index * step)] for index in range(SAMPLE))


def test_the_module_answers_a_sample_to_the_byte_as_the_native_engine_and_as_kyverno(
    module: Module, record_property: Callable[[str, object], None]
) -> None:
    differences = []
    host = GivenHost()
    count = 0
    for case in sample():
        count += 1
        data_in = protocol.encode(case.envelope())
        outcome = module.run("validate", data_in, deadline=10)
        native = protocol.handle("validate", data_in, host)
        if outcome.stdout != native:
            differences.append(f"{case.name}: module {outcome.end} {outcome.stdout!r}, native {native!r}")
        elif difference := golden.differs(case.expected, data.read_json(native)):
            differences.append(f"{case.name}: {difference}")
    record_property("table", f"module: {count} rows, {count - len(differences)} equal to native and to Kyverno")
    assert differences == []
    assert count == SAMPLE
