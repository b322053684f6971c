"""Wrong types are Go's errors, unknown fields vanish, keys match without case."""

from __future__ import annotations

import pytest

from kywarden.errors import EvaluationError
from kywarden.judging.pod_security import decoding, quantities
from kywarden.values.trees import Map, Tree, never

FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX = "unable to parse quantity's suffix"
NUMERIC = "unable to parse numeric part of quantity"


def decode(tree: Map, type_name: str = "v1.Pod") -> Map:
    return decoding.decode(type_name, tree, never)


def container(**fields: Tree) -> Map:
    return {"spec": {"containers": [fields]}}


def field_error(found: str, place: str, wanted: str) -> str:
    return f"json: cannot unmarshal {found} into Go struct field {place} of type {wanted}"


@pytest.mark.parametrize(
    ("tree", "error"),
    [
        ({"spec": 5}, field_error("number", "Pod.spec", "v1.PodSpec")),
        ({"apiVersion": 1}, field_error("number", "Pod.TypeMeta.apiVersion", "string")),
        ({"spec": {"containers": True}}, field_error("bool", "PodSpec.spec.containers", "[]v1.Container")),
        ({"spec": {"containers": ["a"]}}, field_error("string", "PodSpec.spec.containers", "v1.Container")),
        (
            container(securityContext={"privileged": "yes"}),
            field_error("string", "SecurityContext.spec.containers.securityContext.privileged", "bool"),
        ),
        (
            container(ports=[{"hostPort": 2**31}]),
            field_error("number 2147483648", "ContainerPort.spec.containers.ports.hostPort", "int32"),
        ),
        (
            container(ports=[{"hostPort": 1.5}]),
            field_error("number 1.5", "ContainerPort.spec.containers.ports.hostPort", "int32"),
        ),
        (
            {"spec": {"volumes": [{"nfs": []}]}},
            field_error("array", "Volume.spec.volumes.VolumeSource.nfs", "v1.NFSVolumeSource"),
        ),
        (
            {"metadata": {"annotations": {"a": 1}}},
            field_error("number", "ObjectMeta.metadata.annotations", "string"),
        ),
        (
            {"metadata": {"creationTimestamp": 1}},
            field_error("number", "ObjectMeta.metadata.creationTimestamp", "string"),
        ),
        (
            container(livenessProbe={"httpGet": {"port": True}}),
            field_error("bool", "HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port", "int32"),
        ),
        (
            {"metadata": {"creationTimestamp": "today"}},
            'parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"',
        ),
        (container(resources={"limits": {"cpu": "one"}}), FORMAT),
    ],
)
def test_a_value_of_a_wrong_type_is_the_error_of_go(tree: Map, error: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        decode(tree)
    assert str(caught.value) == error


def test_the_first_wrong_type_in_the_order_of_keys_is_named() -> None:
    with pytest.raises(EvaluationError, match=r"PodSpec\.spec\.hostIPC"):
        decode({"spec": {"hostPID": 1, "hostIPC": 1}})


def test_the_error_of_a_type_that_decodes_itself_wins_over_an_earlier_one() -> None:
    with pytest.raises(EvaluationError, match="quantities must match"):
        decode({"spec": {"containers": 1, "overhead": {"cpu": "x"}}})


@pytest.mark.parametrize(
    ("tree", "decoded"),
    [
        ({"spec": {"hostPID": True, "unknown": {"a": 1}}}, {"spec": {"hostPID": True}}),
        ({"spec": {"hostPID": None, "securityContext": None}}, {"spec": {}}),
        ({"spec": {"securityContext": {}}}, {"spec": {"securityContext": {}}}),
        ({"metadata": {"annotations": {"a": None}}}, {"metadata": {"annotations": {"a": ""}}}),
        ({"spec": {"priority": 5.0}}, {"spec": {"priority": 5}}),
        (container(args=[None, "a"]), {"spec": {"containers": [{"args": ["", "a"]}]}}),
        ({"spec": {"containers": [None]}}, {"spec": {"containers": [{}]}}),
    ],
)
def test_the_typed_object_has_the_known_fields_only(tree: Map, decoded: Map) -> None:
    assert decode(tree) == decoded


@pytest.mark.parametrize(
    ("tree", "decoded"),
    [
        ({"SPEC": {"hostpid": True}}, {"spec": {"hostPID": True}}),
        ({"\u017fpec": {"ho\u017ftPID": True}}, {"spec": {"hostPID": True}}),
        ({"Spec": {"hostPID": True}, "spec": {"hostIPC": True}}, {"spec": {"hostPID": True, "hostIPC": True}}),
        ({"spec": {"HOSTPID": True, "hostPID": False}}, {"spec": {"hostPID": False}}),
        ({"spec": {"SecurityContext": {}, "securityContext": None}}, {"spec": {}}),
        (
            {"spec": {"Containers": [{"name": "a"}, {"name": "b"}], "containers": [{"image": "x"}]}},
            {"spec": {"containers": [{"name": "a", "image": "x"}]}},
        ),
    ],
)
def test_keys_match_without_case_and_meet_in_one_field(tree: Map, decoded: Map) -> None:
    assert decode(tree) == decoded


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1Gi", ""),
        (" 100m ", ""),
        ("+", ""),
        ("Mi", ""),
        (".5Pi", ""),
        ("1e3", ""),
        ("e-9", ""),
        ("", FORMAT),
        ("1.5.2", FORMAT),
        ("1\t", FORMAT),
        ("one", FORMAT),
        ("5-3", SUFFIX),
        ("1ki", SUFFIX),
        ("1e", SUFFIX),
        ("1e9223372036854775808", SUFFIX),
        ("Pi", NUMERIC),
        ("e-10", NUMERIC),
    ],
)
def test_quantities_are_refused_in_the_words_of_kubernetes(text: str, error: str) -> None:
    assert quantities.error(text) == error
