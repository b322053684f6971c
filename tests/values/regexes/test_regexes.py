"""Regular expressions: `patterns.jsonl` and `matches.jsonl` hold the answers of Go's package regexp."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kywarden.values import regexes
from kywarden.values.regexes import classes, parser, sets, unicode_tables
from kywarden.values.regexes.machine import Machine
from kywarden.values.regexes.translation import translate
from kywarden.values.trees import Poll, never
from tests import data

HERE = Path(__file__).parent
PATTERNS = data.jsonl(HERE / "patterns.jsonl")
MATCHES = data.jsonl(HERE / "matches.jsonl")


def _error(pattern: str) -> str | None:
    try:
        regexes.compile(pattern)
    except regexes.RegexError as error:
        return str(error)
    return None


def test_patterns_are_accepted_and_refused_with_the_words_of_go() -> None:
    assert [row for row in PATTERNS if _error(row["pattern"]) != row["error"]] == []


def _answer(pattern: str, row: dict[str, str], prepared: bool) -> dict[str, object]:
    regex = regexes.compile(pattern)
    if prepared:
        regex.prepare()
    spans = regex.find(row["text"])
    assert regex.search(row["text"]) == (spans is not None)
    return {
        "spans": spans and [span and list(span) for span in spans],
        "replaced": regex.replace_all(row["text"], row["template"]),
        "literal": regex.replace_all_literal(row["text"], row["template"]),
    }


@pytest.mark.parametrize("prepared", [False, True])
def test_matches_are_those_of_go(prepared: bool) -> None:
    wrong = [row for row in MATCHES if not _answer(row["pattern"], row, prepared).items() <= row.items()]
    assert wrong == []


def test_a_pattern_becomes_python_s_when_it_is_used_often() -> None:
    regex = regexes.compile("^[a-z]+$")
    assert [regex.search("abc") for _ in range(100)] == [True] * 100
    assert regex._translation is not None


def test_names_of_groups_are_known() -> None:
    assert regexes.compile("(?P<a>x)(y)(?<b>z)").names == ("a", "", "b")


def test_looking_begins_anywhere_but_sees_what_is_before() -> None:
    for pattern, spans in [("^a", None), (r"\ba", None), (r"\Ba", [(2, 3)]), ("a", [(2, 3)])]:
        regex = regexes.compile(pattern)
        assert regex.find("baa", 2) == spans
        regex.prepare()
        assert regex.find("baa", 2) == spans


# Both engines against each other

_ATOMS = st.sampled_from(
    [
        *"abc.",
        "[ab]",
        "[^a]",
        r"\w",
        r"\d",
        r"\s",
        r"\b",
        r"\B",
        "^",
        "$",
        r"\A",
        r"\z",
        "é",
        "(?i:k)",
        r"\pL",
        r"\n",
        "",
    ]
)
_QUANTIFIERS = st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?", "+?", "??", "{1,3}?"])
_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("(?:{}|{})".format, inner, inner)
        | st.builds("({})".format, inner)
        | st.builds("(?:{}){}".format, inner, _QUANTIFIERS)
    ),
    max_leaves=8,
)


@given(_EXPRESSIONS, st.text(alphabet="abcKk1é- \n", max_size=12))
def test_both_engines_agree(pattern: str, text: str) -> None:
    tree = parser.parse(pattern)
    translation = translate(tree)
    if translation is None:
        return
    machine = Machine(tree)
    match = translation.pattern.search(text)
    assert machine.matches(text, never) == (match is not None)
    slots = machine.find(text, 0, never)
    if translation.keeps_groups:
        assert slots == (None if match is None else tuple(end for span in match.regs for end in span))
    elif match is not None:
        assert slots is not None and slots[:2] == match.span()


# Bounds

HOSTILE = [
    ("(a*)*b", "a" * 5000),
    ("(a+)+$", "a" * 5000 + "b"),
    ("(x+x+)+y", "x" * 5000),
    ("(.*)(.*)(.*)(.*)(.*)x", "a" * 3000),
    ("[a-z]+" * 30 + "1", "a" * 1000),
    ("^(a?){50}a{50}$", "a" * 50),
    ("(?:a|b|ab)*c", "ab" * 2000),
    (r"^([a-z0-9-]+\.)+example\.com$", "a-." * 2000),
    (r"\s+$", " " * 20000 + "x"),
    ("(a{1,10}){1,10}b", "a" * 1000),
    ("(?:(?:a|b*)*c){35}", "a" * 300),
    ("(?:(?:(?:a|ab){10}){10}c){9}", "a" * 300),
    ("()" * 300, "a" * 300),
]


@pytest.mark.parametrize(("pattern", "text"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_time_is_linear(pattern: str, text: str) -> None:
    regex = regexes.compile(pattern)
    regex.prepare()
    started = time.process_time()
    regex.search(text)
    assert time.process_time() - started < 2


def test_what_is_within_the_budget_of_python_s_engine_is_fast() -> None:
    for pattern, letter in [("(.*)(.*)(.*)x", "a"), ("[a-z]+[a-z0-9]+[a-z-]+1", "a"), ("(?:a|ab)(?:b|bc)?d", "a")]:
        translation = translate(parser.parse(pattern))
        assert translation is not None
        text = letter * min(translation.longest, 100_000)
        started = time.process_time()
        translation.pattern.search(text)
        assert time.process_time() - started < 2


def test_long_runs_poll() -> None:
    class Stop(Exception):
        pass

    def poll() -> None:
        raise Stop

    with pytest.raises(Stop):
        regexes.compile("(a*)*b").search("a" * 1000, poll)


class Late(Exception):
    pass


SECONDS = 0.1
POLLS_PER_LOOK = 64


def deadline() -> Poll:
    """A poll that ends a search after a while, and looks at the clock as rarely as that of an evaluation."""
    started, count = time.process_time(), 0

    def poll() -> None:
        nonlocal count
        count += 1
        if count % POLLS_PER_LOOK == 0 and time.process_time() - started > SECONDS:
            raise Late

    return poll


def assert_bounded(pattern: str, text: str) -> None:
    for ask in ("search", "find", "replace_all"):
        started = time.process_time()
        try:
            regex = regexes.compile(pattern)
            if ask == "search":
                regex.search(text, deadline())
            elif ask == "find":
                regex.find(text, 0, deadline())
            else:
                regex.replace_all(text, "$1-$0", deadline())
        except (regexes.RegexError, Late):
            pass
        # an upper bound that tells bounded from unbounded, not a measure of speed
        assert time.process_time() - started < 40 * SECONDS, ask


LONG = [
    ("(?:(?:|){30}){30}c", "a" * 20_000),
    ("(a?)" * 300 + "c", "a" * 2000),
    ("(?:a|b*)" * 2000 + "c", "a" * 20_000),
    ("a{0,9}" * 2000 + "c", "a" * 20_000),
    ("|" * 2000, "a" * 20_000),
    (r"(?i)\pL" * 60, "".join(map(chr, range(0x4E00, 0x5E00)))),
    ("(?i:" + "|".join(f"word{n}" for n in range(4000)) + ")", "k" * 20_000),
]


@pytest.mark.parametrize(("pattern", "text"), LONG, ids=[row[0][:20] for row in LONG])
def test_long_runs_end_soon_after_the_deadline(pattern: str, text: str) -> None:
    assert_bounded(pattern, text)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(_EXPRESSIONS, st.sampled_from([1, 2, 30, 900])), min_size=1, max_size=3),
    _QUANTIFIERS,
    st.text(alphabet="abcKk1é- \n", min_size=1, max_size=6),
    st.sampled_from([1, 50, 2000]),
)
def test_any_pattern_and_text_take_a_bounded_time(
    parts: list[tuple[str, int]], quantifier: str, text: str, times: int
) -> None:
    assert_bounded(f"(?:{''.join(part * count for part, count in parts)}){quantifier}c", text * times)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(" * 200 + ")" * 200, "expression nests too deeply"),
        ("(?:" * 200 + "a" + ")" * 200, "expression nests too deeply"),
        ("a" + "*(?i)+(?i)" * 200, "expression nests too deeply"),
        ("a{1000}" * 51, "expression too large"),
        ("(?:a{1000})" * 51, "expression too large"),
        ("(a?)" * 4000, "expression too large"),
        ("()" * 8000, "expression too large"),
        (r"\pL" * 2000, "expression too large"),
        (r"(?i)\pL" * 2000, "expression too large"),
        ("[" + r"\pL" * 2000 + "]", "expression too large"),
    ],
)
def test_patterns_are_bounded(pattern: str, reason: str) -> None:
    with pytest.raises(regexes.RegexError) as caught:
        regexes.compile(pattern)
    assert caught.value.reason == reason


# Tables


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("L", "aÄǅλ中", "1 -\u0301"),
        ("Lu", "AÄΛ", "aǅ1"),
        ("nd", "0٣", "a½"),
        ("Greek", "αΩ", "a"),
        ("Any", "a\0\U0010ffff", ""),
        ("ASCII", "a\0", "é"),
        ("Assigned", "aé", "\u0378"),
        ("lc", "aAǅ", "ʰ1"),
        ("Zs", " \u3000", "\n"),
        ("Cyrillic", "жЯ", "a"),
    ],
)
def test_a_class_has_its_characters(name: str, inside: str, outside: str) -> None:
    found = classes.unicode_class(name)
    assert found is not None
    assert all(classes.contains(found[0], ord(character)) for character in inside)
    assert not any(classes.contains(found[0], ord(character)) for character in outside)


def test_the_categories_are_all_characters_once() -> None:
    sizes = [1 + high - low for name in "CLMNPSZ" for low, high in classes.unicode_class(name)[0]]
    assert sum(sizes) == classes.LAST + 1


def test_python_s_own_tables_agree_where_they_know_a_character() -> None:
    letters, _ = classes.unicode_class("L") or ((), False)
    assigned, _ = classes.unicode_class("Assigned") or ((), False)
    for code in range(0x3000):
        if classes.contains(assigned, code):
            assert classes.contains(letters, code) == chr(code).isalpha()


@given(st.characters(exclude_categories=["Cs"]))
def test_folding_joins_what_differs_in_case(character: str) -> None:
    code = ord(character)
    orbit = {other for low, high in classes.folded(((code, code),)) for other in range(low, high + 1)}
    assert code in orbit
    for other in orbit:
        assert classes.folded(((other, other),)) == classes.folded(((code, code),))


def test_the_tables_stay_small() -> None:
    assert len(Path(unicode_tables.__file__).read_text(encoding="utf-8")) < 30_000


# Random text

GENERATED = [
    "[a-z0-9]{6}",
    "abc",
    "(foo|ba[rz])-[0-9]+",
    "a*b?c+",
    "x{2,5}",
    "^a$",
    "[[:upper:]]{3}_[^a-z]",
    "a**",
    "()",
    "\\.",
]


@pytest.mark.parametrize("pattern", GENERATED)
def test_random_text_matches_its_pattern(pattern: str) -> None:
    tree = parser.parse(pattern, sets.POSIX_FLAGS)
    for seed in range(10):
        text = regexes.generate(pattern, lambda count, seed=seed: bytes([seed] * count))
        match = Machine(tree).find(text, 0, never)
        assert match is not None
        assert match[0] == 0


def test_random_text_depends_on_the_seed_alone() -> None:
    texts = {regexes.generate("[a-z]{12}", lambda count, seed=seed: bytes([seed] * count)) for seed in range(50)}
    assert len(texts) == 50
    assert regexes.generate("[a-z]{12}", bytes) == regexes.generate("[a-z]{12}", bytes)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"\d", r"error parsing regexp: invalid escape sequence: `\d`"),
        ("(?:a)", "error parsing regexp: missing argument to repetition operator: `?`"),
        (r"\pL", r"error parsing regexp: invalid escape sequence: `\p`"),
        ("[a-b-c]", "error parsing regexp: invalid character class range: `-c`"),
        ("[", "error parsing regexp: missing closing ]: `[`"),
        ("((a*)*)*", "error parsing regexp: random text of more than 300000 steps: `((a*)*)*`"),
        ("[^\\x00-\\x{10FFFF}]", "error parsing regexp: no character matches: `[^\\x00-\\x{10FFFF}]`"),
    ],
)
def test_random_text_needs_a_plain_pattern(pattern: str, message: str) -> None:
    with pytest.raises(regexes.RegexError, match=re.escape(message)):
        regexes.generate(pattern, bytes)
