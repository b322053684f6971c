"""`python -m tests.benchmarks`: what a request costs, natively and in the module, side by side in one run."""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from kywarden import api, protocol, wasm
from kywarden.explaining.record import Recorder
from kywarden.host.given import GivenHost
from kywarden.host.hosted import KubewardenHost
from kywarden.kinds.program import Program
from kywarden.model.trace import TracedWorld
from kywarden.model.world import Host
from kywarden.values import json_text
from kywarden.wasm import snapshot
from kywarden.wasm.callbacks import BINDING
from kywarden.wasm.files import Files
from kywarden.wasm.runner import Module, Outcome
from tests import data
from tests.benchmarks import watching
from tests.benchmarks.measure import Job, Timing, interleaved, page_faults, peak_of
from tests.benchmarks.workloads import Workload, all_workloads

MODULE = Path(wasm.__file__).with_name("policy.wasm")
DEADLINE = 10.0
"""Seconds; a slow machine is no reason to end a measurement."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A workload's figures: what the floor (read and parsed, nothing judged) and the whole cost; bytes or pages.

    loaded: with policies loaded before, or baked into the module; watched: the same while `kywarden explain` watches;
    asking: milliseconds of it, unwatched, that go into asking whether anybody watches.
    """

    floor: Timing
    whole: Timing
    memory: int
    faults: int = 0
    loaded: Timing | None = None
    watched: Timing | None = None
    asking: float = 0


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; the exit status."""
    arguments = read_arguments(argv)
    workloads = all_workloads()
    console = Console(width=arguments.width)
    console.print(native_table(workloads, natively(workloads, arguments.rounds)))
    if arguments.module.exists():
        wasm_bytes = arguments.module.read_bytes()
        console.print(f"module: {len(wasm_bytes):,} bytes, {len(gzip.compress(wasm_bytes, 9)):,} with gzip")
        started = perf_counter()
        module = Module(wasm_bytes, cache=arguments.cached)
        if not arguments.cached:
            console.print(f"compiled in {perf_counter() - started:.2f} s")
        start = interleaved({"": lambda: module.run("validate", b"", deadline=DEADLINE)}, arguments.rounds, 1)[""]
        console.print(f"instance started and ended without input: {start.median:.2f} ms ({start.least:.2f})")
        bake = Baker(wasm_bytes, arguments.cached).bake if arguments.baked else None
        console.print(module_table(workloads, in_module(module, workloads, arguments.rounds, bake)))
    else:
        console.print(f"no module at {arguments.module}: build it with 'python build/build.py'")
    if data.present():
        console.print(*(tests_of(tree, min(arguments.rounds, 5)) for tree in ("policies", "cli")), sep="\n")
    return 0


def tests_of(tree: str, rounds: int) -> str:
    """What `kywarden test` takes for all test files of a public corpus, its start included; what is not supported is
    left out."""
    command = [sys.executable, "-m", "kywarden", "test", str(data.CORPUS / "corpus" / tree)]
    texts: list[str] = []
    run = partial(subprocess.run, command, capture_output=True, text=True)
    timing = interleaved({"": lambda: texts.append(run().stdout)}, rounds, 1)[""]
    counted = [line for line in texts[-1].splitlines() if line.startswith(("Test Summary", *"123456789"))]
    return f"kywarden test {tree}: {timing.median / 1000:.2f} s ({timing.least / 1000:.2f}); {'; '.join(counted)}"


def read_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="interleaved rounds (default 40)")
    parser.add_argument("--module", type=Path, default=MODULE, help="the module (default: the one just built)")
    parser.add_argument("--cached", action="store_true", help="take the engine's cache of machine code, do not compile")
    parser.add_argument(
        "--baked", action=argparse.BooleanOptionalAction, default=True, help="also modules with the policies in them"
    )
    parser.add_argument("--width", type=int, default=160, help="columns of the tables")
    return parser.parse_args(argv)


def natively(workloads: Sequence[Workload], rounds: int) -> list[Measured]:
    """The figures of this process: the whole, and the evaluation alone by policies that were loaded before."""
    jobs: dict[str, Job] = {}
    for index, workload in enumerate(workloads):
        host = host_of(workload)
        check(workload, protocol.handle("validate", workload.envelope, host))
        jobs[f"floor {index}"] = _handling(workload.floor, host)
        jobs[f"whole {index}"] = _handling(workload.envelope, host)
        policies, data = api.load_policies(*workload.policies), json.dumps(workload.request).encode()
        jobs[f"loaded {index}"] = _evaluating(policies, data, host)
        jobs[f"watched {index}"] = _evaluating(policies, data, host, watched=True)
    timings, question = interleaved(jobs, rounds, repeats=3), watching.cost()
    return [
        Measured(
            timings[f"floor {index}"],
            timings[f"whole {index}"],
            peak_of(jobs[f"whole {index}"]),
            loaded=timings[f"loaded {index}"],
            watched=timings[f"watched {index}"],
            asking=watching.questions(jobs[f"loaded {index}"]) * question,
        )
        for index in range(len(workloads))
    ]


@dataclass(frozen=True, slots=True)
class Baker:
    """Makes modules of a module, with policies loaded in their memory."""

    wasm: bytes
    cached: bool

    def bake(self, workload: Workload) -> Module:
        settings = json.dumps(workload.settings).encode()
        baked = snapshot.take(
            self.wasm, argv=["policy.wasm"], files=Files({}), init="prepare", start="_start", stdin=settings
        )
        return Module(baked, cache=self.cached)


def in_module(
    module: Module, workloads: Sequence[Workload], rounds: int, bake: Callable[[Workload], Module] | None
) -> list[Measured]:
    """The figures of the module, a fresh instance for each request; it is baked only with settings as an object."""
    jobs: dict[str, Job] = {}
    for index, workload in enumerate(workloads):
        check(workload, _running(module, workload, workload.envelope)().stdout)
        jobs[f"floor {index}"] = _running(module, workload, workload.floor)
        jobs[f"whole {index}"] = _running(module, workload, workload.envelope)
        if bake is not None and workload.form == "object":
            baked = bake(workload)
            check(workload, _running(baked, workload, workload.bare_envelope)().stdout)
            jobs[f"loaded {index}"] = _running(baked, workload, workload.bare_envelope)
    timings = interleaved(jobs, rounds, repeats=1)
    return [
        Measured(
            timings[f"floor {index}"],
            timings[f"whole {index}"],
            _running(module, workload, workload.envelope)().pages * 65536,
            page_faults(jobs[f"whole {index}"]),
            loaded=timings.get(f"loaded {index}"),
        )
        for index, workload in enumerate(workloads)
    ]


def check(workload: Workload, answer: bytes) -> None:
    """End the run when a workload is not accepted: a refusal may cost anything."""
    if json.loads(answer).get("accepted") is not True:
        sys.exit(f"{workload.name} ({workload.form}) is not accepted: {answer.decode()}")


def host_of(workload: Workload) -> Host:
    """What the native engine asks: the simulated host of the workload, if it has one."""
    answer = workload.host_call
    if answer is None:
        return GivenHost()
    return KubewardenHost(lambda namespace, operation, payload: answer(BINDING, namespace, operation, payload))


def _handling(data: bytes, host: Host) -> Job:
    return lambda: protocol.handle("validate", data, host)


def _running(module: Module, workload: Workload, data: bytes) -> Callable[[], Outcome]:
    host_call = workload.host_call
    return lambda: module.run("validate", data, deadline=DEADLINE, host_call=host_call)


def _evaluating(policies: tuple[Program, ...], data: bytes, host: Host, watched: bool = False) -> Job:
    """An evaluation by loaded policies; `watched`: as `kywarden explain` does, with every step told to a recorder."""

    def evaluate() -> None:
        request = json_text.load(data)
        assert isinstance(request, dict)
        world = host.world({}, 10_000, {})
        api.evaluate(policies, api.make_request(request), TracedWorld(world, Recorder()) if watched else world)

    return evaluate


def native_table(workloads: Sequence[Workload], figures: Sequence[Measured]) -> Table:
    headings = (
        "policy loaded before",
        "of the floor",
        "asking who watches",
        "the same, watched",
        "memory, peak",
    )
    grid = table("natively", headings)
    for workload, measured in zip(workloads, figures, strict=True):
        asking = f"{measured.asking / measured.loaded.median:.1%}" if measured.loaded else ""
        before = [*compared(measured.loaded, measured.floor), asking, shown(measured.watched)]
        grid.add_row(*cells(workload, measured), *before, f"{measured.memory / 1024:,.0f} KiB")
    return grid


def module_table(workloads: Sequence[Workload], figures: Sequence[Measured]) -> Table:
    grid = table("in the module", ("policy baked", "of the floor", "memory", "pages touched"))
    for workload, measured in zip(workloads, figures, strict=True):
        touched = [f"{measured.memory / 1024 / 1024:.1f} MiB", f"{measured.faults:,}"]
        grid.add_row(*cells(workload, measured), *compared(measured.loaded, measured.floor), *touched)
    return grid


def table(title: str, headings: Sequence[str]) -> Table:
    """Milliseconds as median (minimum) of the rounds."""
    grid = Table("workload", "settings", title=f"{title}: milliseconds per request, median (minimum)")
    for heading in ("floor", "whole", "of the floor", *headings):
        grid.add_column(heading, justify="right")
    return grid


def cells(workload: Workload, measured: Measured) -> list[str]:
    return [workload.name, workload.form, shown(measured.floor), *compared(measured.whole, measured.floor)]


def compared(timing: Timing | None, floor: Timing) -> list[str]:
    return [shown(timing), f"{timing.median / floor.median:.1f} x" if timing is not None else ""]


def shown(timing: Timing | None) -> str:
    return f"{timing.median:.3f} ({timing.least:.3f})" if timing is not None else ""


if __name__ == "__main__":
    sys.exit(main())
