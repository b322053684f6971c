"""What stands in for a Kubewarden host when a command evaluates: a world, a recorded session, or one to record.

To record, the objects and images of a world are put behind a simulated host, so that the session holds the questions
that a real one would be asked; the module played back under `kwctl run` asks the same.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from kywarden.cli import files
from kywarden.cli.failures import Failure
from kywarden.host import kubewarden
from kywarden.host.given import GivenHost
from kywarden.host.hosted import KubewardenHost
from kywarden.model.world import Host
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map
from kywarden.wasm import cluster, session
from kywarden.wasm.callbacks import BINDING, Callbacks, CallFailed
from kywarden.wasm.cluster import Cluster
from kywarden.wasm.session import Recorder, Replay, SessionError


@dataclass(frozen=True, slots=True)
class StandIn:
    """What answers look-ups.

    world: what envelopes are given; callbacks: the simulated host, None for none; replayed: the session it plays back,
    from the file `source`; recorder: what remembers its exchanges, to be written to `target`.
    """

    world: Map = field(default_factory=dict)
    callbacks: Callbacks | None = None
    replayed: Replay | None = None
    source: str = ""
    recorder: Recorder | None = None
    target: str = ""

    def host(self) -> Host:
        """The host for the native engine."""
        return GivenHost() if self.callbacks is None else KubewardenHost(self._ask)

    def finish(self) -> None:
        """Write what was recorded; tell what of a session nobody asked for."""
        if self.recorder is not None:
            try:
                Path(self.target).write_text(session.write(self.recorder.exchanges), encoding="utf-8")
            except OSError as error:
                raise Failure.of_file(self.target, error) from error
        if self.replayed is not None and (left := len(self.replayed.left)):
            print(f"kywarden: {self.source}: {left} of the recorded exchanges were not asked for", file=sys.stderr)

    def _ask(self, namespace: str, operation: str, payload: bytes) -> bytes:
        assert self.callbacks is not None
        try:
            return self.callbacks(BINDING, namespace, operation, payload)
        except CallFailed as failed:
            raise kubewarden.refused(f"{namespace}/{operation}", failed.text) from None


def stand_in(world: str | None, record: str | None) -> StandIn:
    """The stand-in for the files of `--world` and `--record`; raises `Failure`."""
    text = "" if world is None else files.text(world)
    if world is not None and session.is_session(text):
        if record is not None:
            raise Failure(f"{files.shown(world)} is a session already: record with a world, or without any")
        return _replaying(text, files.shown(world))
    given = {} if world is None else _world(text, files.shown(world))
    if record is None:
        return StandIn(given)
    recorder = Recorder(Cluster({key: given[key] for key in cluster.KEYS if key in given}))
    rest = {key: value for key, value in given.items() if key not in cluster.KEYS}
    return StandIn(rest, Callbacks(recorder), recorder=recorder, target=record)


def _replaying(text: str, source: str) -> StandIn:
    try:
        replayed = Replay(session.read(text))
    except SessionError as error:
        raise Failure(f"{source}: {error}") from error
    return StandIn(callbacks=Callbacks(replayed), replayed=replayed, source=source)


def _world(text: str, source: str) -> Map:
    try:
        documents = yaml_text.load_all(text)
    except ReadError as error:
        raise Failure(f"{source}: {error}") from error
    if len(documents) != 1 or not isinstance(documents[0].tree, dict):
        raise Failure(f"{source}: a world must be one map, a session a list")
    return documents[0].tree
