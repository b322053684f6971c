"""Image references; the answers of PARTS and REFUSED are those of distribution/reference and Kyverno."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from kywarden.values import image
from kywarden.values.image import ImageError
from tests import data

HEX = "a" * 64

# reference, default registry, whether it is filled in; registry, name, path, tag, digest, reference, with tag
PARTS: list[tuple[str, str, bool, tuple[str, ...]]] = [
    (
        "nginx",
        "docker.io",
        True,
        ("docker.io", "nginx", "nginx", "latest", "", "docker.io/nginx:latest", "docker.io/nginx:latest"),
    ),
    (
        "nginx:1.25",
        "docker.io",
        True,
        ("docker.io", "nginx", "nginx", "1.25", "", "docker.io/nginx:1.25", "docker.io/nginx:1.25"),
    ),
    (
        "library/nginx",
        "docker.io",
        True,
        (
            "docker.io",
            "nginx",
            "library/nginx",
            "latest",
            "",
            "docker.io/library/nginx:latest",
            "docker.io/library/nginx:latest",
        ),
    ),
    (
        "foo_bar/nginx",
        "docker.io",
        True,
        (
            "docker.io",
            "nginx",
            "foo_bar/nginx",
            "latest",
            "",
            "docker.io/foo_bar/nginx:latest",
            "docker.io/foo_bar/nginx:latest",
        ),
    ),
    (
        "ghcr.io/team/app:v1",
        "docker.io",
        True,
        ("ghcr.io", "app", "team/app", "v1", "", "ghcr.io/team/app:v1", "ghcr.io/team/app:v1"),
    ),
    (
        "localhost/app",
        "docker.io",
        True,
        ("localhost", "app", "app", "latest", "", "localhost/app:latest", "localhost/app:latest"),
    ),
    (
        "localhost:5000/app",
        "docker.io",
        True,
        ("localhost:5000", "app", "app", "latest", "", "localhost:5000/app:latest", "localhost:5000/app:latest"),
    ),
    ("Foo/bar", "docker.io", True, ("Foo", "bar", "bar", "latest", "", "Foo/bar:latest", "Foo/bar:latest")),
    (
        "127.0.0.1:80/a/b",
        "docker.io",
        True,
        ("127.0.0.1:80", "b", "a/b", "latest", "", "127.0.0.1:80/a/b:latest", "127.0.0.1:80/a/b:latest"),
    ),
    (
        "[::1]:5000/a",
        "docker.io",
        True,
        ("[::1]:5000", "a", "a", "latest", "", "[::1]:5000/a:latest", "[::1]:5000/a:latest"),
    ),
    (
        "nginx@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "docker.io",
        True,
        (
            "docker.io",
            "nginx",
            "nginx",
            "",
            "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "docker.io/nginx@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "docker.io/nginx:",
        ),
    ),
    (
        "ghcr.io/a/b:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "docker.io",
        True,
        (
            "ghcr.io",
            "b",
            "a/b",
            "1",
            "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "ghcr.io/a/b@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "ghcr.io/a/b:1",
        ),
    ),
    (
        "a__b",
        "docker.io",
        True,
        ("docker.io", "a__b", "a__b", "latest", "", "docker.io/a__b:latest", "docker.io/a__b:latest"),
    ),
    (
        "a--b/c.d_e",
        "docker.io",
        True,
        (
            "docker.io",
            "c.d_e",
            "a--b/c.d_e",
            "latest",
            "",
            "docker.io/a--b/c.d_e:latest",
            "docker.io/a--b/c.d_e:latest",
        ),
    ),
    (
        "reg/my_path/x",
        "docker.io",
        True,
        (
            "docker.io",
            "x",
            "reg/my_path/x",
            "latest",
            "",
            "docker.io/reg/my_path/x:latest",
            "docker.io/reg/my_path/x:latest",
        ),
    ),
    (
        "nginx",
        "my.reg:5000",
        True,
        ("my.reg:5000", "nginx", "nginx", "latest", "", "my.reg:5000/nginx:latest", "my.reg:5000/nginx:latest"),
    ),
    ("nginx", "docker.io", False, ("", "nginx", "nginx", "latest", "", "nginx:latest", "nginx:latest")),
    (
        "my_reg/team/app:1",
        "docker.io",
        False,
        ("my_reg", "app", "team/app", "1", "", "my_reg/team/app:1", "my_reg/team/app:1"),
    ),
    (
        "ghcr.io/a_b/c",
        "docker.io",
        False,
        ("ghcr.io", "c", "a_b/c", "latest", "", "ghcr.io/a_b/c:latest", "ghcr.io/a_b/c:latest"),
    ),
]

# reference, what is wrong with it
REFUSED: list[tuple[str, str]] = [
    ("", "invalid reference format"),
    ("NGINX", "repository name must be lowercase"),
    ("nginx:", "invalid reference format"),
    ("nginx:-x", "invalid reference format"),
    ("//x", "invalid reference format"),
    ("a b", "invalid reference format"),
    ("nginx@sha256:abc", "invalid reference format"),
    ("nginx@sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "invalid checksum digest format"),
    (
        "nginx@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "invalid checksum digest length",
    ),
    ("nginx@md5:00000000000000000000000000000000", "unsupported digest algorithm"),
    ("nginx@MD5:00000000000000000000000000000000", "invalid checksum digest format"),
    (
        "nginx:ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt",
        "invalid reference format",
    ),
    ("a___b", "invalid reference format"),
    ("nginx\n", "invalid reference format"),
    ("é", "invalid reference format"),
]


@pytest.mark.parametrize(("reference", "registry", "mutation", "parts"), PARTS)
def test_references_are_split(reference: str, registry: str, mutation: bool, parts: tuple[str, ...]) -> None:
    found = image.parse(reference, default_registry=registry, enable_default_registry_mutation=mutation)
    assert astuple(found) == parts


@pytest.mark.parametrize("mutation", [True, False])
@pytest.mark.parametrize(("reference", "problem"), REFUSED)
def test_other_texts_are_refused_with_the_sentence_of_kyverno(reference: str, mutation: bool, problem: str) -> None:
    with pytest.raises(ImageError) as error:
        image.parse(reference, enable_default_registry_mutation=mutation)
    settings = f"defaultRegistry: docker.io, enableDefaultRegistryMutation: {'true' if mutation else 'false'}"
    assert str(error.value) == f"bad image: {image.with_registry(reference)}, {settings}: {problem}"


def test_a_path_has_at_most_255_characters() -> None:
    assert image.parse("x" * 255).path == "x" * 255
    with pytest.raises(ImageError, match="repository name must not be more than 255 characters"):
        image.parse("x" * 256)


def test_the_tree_leaves_out_what_is_empty() -> None:
    assert image.parse("nginx@sha256:" + HEX).tree() == {
        "registry": "docker.io",
        "name": "nginx",
        "path": "nginx",
        "digest": "sha256:" + HEX,
        "reference": "docker.io/nginx@sha256:" + HEX,
        "referenceWithTag": "docker.io/nginx:",
    }


def test_long_references_take_linear_time() -> None:
    for text in ("a-" * 50_000, "a." * 50_000 + "/", "a/" * 50_000, "_" * 100_000, "a@" + "b-" * 50_000):
        with pytest.raises(ImageError):
            image.parse(text)


@pytest.mark.corpus
def test_image_probes_are_equal() -> None:
    rows = data.probes("image")
    assert len(rows) == 300
    differences = []
    for row in rows:
        try:
            found = image.parse(row["args"][0])
            answer = {"result": found.tree(), "string": found.reference}
        except ImageError as error:
            answer = {"error": str(error)}
        if answer != {key: row[key] for key in ("result", "string", "error") if key in row}:
            differences.append((row, answer))
    assert differences[:3] == []


@pytest.mark.corpus
def test_image_vectors_are_equal() -> None:
    differences = []
    for row in data.unit("image", "reference with tag"):
        differences += [row] if image.parse(row["args"]["input"]).reference_with_tag != row["expected"] else []
    for row in data.unit("image", "reference, reference with tag"):
        found = image.parse(row["args"]["input"])
        differences += [row] if [found.reference, found.reference_with_tag] != row["expected"] else []
    for row in data.unit("image", "add default registry"):
        full = image.with_registry(row["args"]["input"], row["args"]["defaultRegistry"])
        differences += [row] if full != row["expected"] else []
    assert differences == []
