"""URLs as net/url reads them."""

from __future__ import annotations

import pytest

from kywarden.jmes import urls
from tests.jmes.worlds import outcome, search

HOSTS = {
    "": "",
    "http://a.b:80/x": "a.b",
    "//a.b": "a.b",
    "///a.b": "",
    "a.b": "",
    "mailto:x@y": "",
    "http://u:p@h:1": "h",
    "http://[::1]:8080/": "::1",
    "http://[fe80::1%25en0]/": "fe80::1%en0",
    "*": "",
    "HTTP://H": "H",
    "redis://a:1:2": "a:1",
}


@pytest.mark.parametrize("text", HOSTS)
def test_host_name_is_found(text: str) -> None:
    assert urls.parse(text).host_name == HOSTS[text]


REFUSED = {
    ":x": 'parse ":x": missing protocol scheme',
    "a:b:c/": None,
    "1a:b": 'parse "1a:b": first path segment in URL cannot contain colon',
    "http://a b": 'parse "http://a b": invalid character " " in host name',
    "http://a:b": 'parse "http://a:b": invalid port ":b" after host',
    "http://a:1:2": 'parse "http://a:1:2": invalid port ":1:2" after host',
    "http://[::1": "parse \"http://[::1\": missing ']' in host",
    "http://a[b]": 'parse "http://a[b]": invalid IP-literal',
    "http://[1.2.3.4]": 'parse "http://[1.2.3.4]": invalid IP-literal',
    "http://%41": 'parse "http://%41": invalid URL escape "%41"',
    "/%zz": 'parse "/%zz": invalid URL escape "%zz"',
    "/#%z": 'parse "/#%z": invalid URL escape "%z"',
    "a\x7f": r'parse "a\x7f": net/url: invalid control character in URL',
    "http://a{@b": 'parse "http://a{@b": net/url: invalid userinfo',
}


@pytest.mark.parametrize("text", [text for text, reason in REFUSED.items() if reason])
def test_bad_url_is_refused_in_the_words_of_go(text: str) -> None:
    with pytest.raises(urls.URLError) as error:
        urls.parse(text)
    assert str(error.value) == REFUSED[text]


EXTERNAL = {
    "http://localhost": False,
    "http://127.0.0.1": False,
    "http://10.1.1.1:8080/x": False,
    "http://172.16.0.1": False,
    "http://172.32.0.1": True,
    "http://[fd12::1]": False,
    "http://[::ffff:10.0.0.1]": False,
    "http://169.254.1.1": True,
    "http://0.0.0.0": True,
    "http://8.8.8.8": True,
    "http://db.internal": False,
    "https://example.com": True,
}


@pytest.mark.parametrize("text", EXTERNAL)
def test_external_is_outside_the_private_networks(text: str) -> None:
    assert search(f"is_external_url('{text}')") is EXTERNAL[text]


def test_text_without_a_host_cannot_be_looked_up() -> None:
    assert outcome("is_external_url('example.com')") == (None, "lookup : no such host")
    assert outcome("is_external_url('http://unknown.example')") == (None, "nobody knows unknown.example")
