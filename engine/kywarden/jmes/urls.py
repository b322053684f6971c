"""URLs as Go's net/url reads them: more lenient than RFC 3986, with Go's words for what it refuses."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes

from kywarden.errors import KywardenError
from kywarden.values import strconv
from kywarden.values.trees import Map

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})?")
_USERINFO = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
_HOST_PART = re.compile(r"(%.{0,2})|(.)", re.DOTALL)
_HOST_ESCAPE = re.compile(r"%(?:25|[89a-fA-F][0-9a-fA-F])")
_HOST_CHARACTER = re.compile(r"[A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"\x80-\U0010ffff]")
_PORT = re.compile(r"(?::[0-9]*)?")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class URLError(KywardenError):
    """The text is no URL; the sentence is Go's."""


@dataclass(frozen=True, slots=True)
class URL:
    """The parts of a URL. host has the port and brackets still; path and fragment stand unescaped."""

    scheme: str = ""
    opaque: str = ""
    host: str = ""
    path: str = ""
    raw_path: str = ""
    omits_host: bool = False
    has_user: bool = False
    forces_query: bool = False
    query: str = ""
    fragment: str = ""
    raw_fragment: str = ""

    @property
    def host_name(self) -> str:
        """The host without port and brackets (URL.Hostname)."""
        host = self.host
        name, colon, port = host.rpartition(":")
        if colon and _PORT.fullmatch(colon + port):
            host = name
        return host[1:-1] if host.startswith("[") and host.endswith("]") else host

    def fields(self) -> Map:
        """The struct url.URL as JSON."""
        return {
            "Scheme": self.scheme,
            "Opaque": self.opaque,
            "User": {} if self.has_user else None,
            "Host": self.host,
            "Path": self.path,
            "RawPath": self.raw_path,
            "OmitHost": self.omits_host,
            "ForceQuery": self.forces_query,
            "RawQuery": self.query,
            "Fragment": self.fragment,
            "RawFragment": self.raw_fragment,
        }


def parse(text: str) -> URL:
    """The parts of a URL; raises `URLError` (url.Parse)."""
    rest, _, fragment = text.partition("#")
    try:
        url = _parse(rest)
    except URLError as error:
        raise URLError(f"parse {strconv.quote(rest)}: {error}") from None
    try:
        fragment, raw_fragment = _unescaped(fragment, "?!()*")
    except URLError as error:
        raise URLError(f"parse {strconv.quote(text)}: {error}") from None
    return replace(url, fragment=fragment, raw_fragment=raw_fragment)


def parse_address(text: str) -> Address | None:
    """An IP address without zone (net.ParseIP); IPv4 in IPv6 form counts as IPv4."""
    if "%" in text or not text.isascii():
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _parse(text: str) -> URL:
    """Without the fragment."""
    if _CONTROL.search(text):
        raise URLError("net/url: invalid control character in URL")
    if text.startswith(":"):
        raise URLError("missing protocol scheme")
    split = _SCHEME.fullmatch(text)
    scheme, rest = (split[1].lower(), split[2]) if split else ("", text)
    rest, mark, query = rest.partition("?")
    url = URL(scheme=scheme, query=query, forces_query=bool(mark) and not query)
    if not rest.startswith("/"):
        if scheme:
            return replace(url, opaque=rest)
        if ":" in rest.partition("/")[0]:
            raise URLError("first path segment in URL cannot contain colon")
    elif rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        userinfo, at, host = authority.rpartition("@")
        url = replace(url, host=_parse_host(scheme, host), has_user=bool(at))
        if not _USERINFO.fullmatch(userinfo):
            raise URLError("net/url: invalid userinfo")
        _unescaped(userinfo, "")
    else:
        url = replace(url, omits_host=bool(scheme))
    path, raw_path = _unescaped(rest, "")
    return replace(url, path=path, raw_path=raw_path)


def _unescaped(text: str, also_plain: str) -> tuple[str, str]:
    """A path or fragment without escapes, and as it was written where Go would write it otherwise."""
    for match in _ESCAPE.finditer(text):
        if match[1] is None:
            raise URLError(f"invalid URL escape {strconv.quote(text[match.start() : match.start() + 3])}")
    data = _bytes(text)
    written = quote(data, safe="$&+,/:;=@" + also_plain)
    return data.decode("utf-8", "replace"), "" if written == text else text


def _parse_host(scheme: str, host: str) -> str:
    bracket = host.rfind("[")
    if bracket > 0:
        raise URLError("invalid IP-literal")
    if bracket == 0:
        return _parse_literal(host)
    # kyverno: only http and https insist on a single colon
    start = host.find(":") if scheme in ("http", "https") else host.rfind(":")
    if start >= 0 and not _PORT.fullmatch(host[start:]):
        raise URLError(f"invalid port {strconv.quote(host[start:])} after host")
    return _unescaped_host(host)


def _parse_literal(host: str) -> str:
    name, bracket, port = host[1:].rpartition("]")
    if not bracket:
        raise URLError("missing ']' in host")
    if not _PORT.fullmatch(port):
        raise URLError(f"invalid port {strconv.quote(port)} after host")
    address, zone_mark, zone = name.partition("%25")
    address = _unescaped_host(address)
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        if parse_address(address) is not None:
            raise URLError("invalid IP-literal") from None
        raise URLError(f"invalid host: ParseAddr({strconv.quote(address)}): unable to parse IP") from None
    return f"[{address}{'%' + zone if zone_mark else ''}]{port}"


def _unescaped_host(host: str) -> str:
    for escape, character in _HOST_PART.findall(host):
        # in a host only bytes beyond ASCII may be escaped
        if escape and not _HOST_ESCAPE.fullmatch(escape):
            raise URLError(f"invalid URL escape {strconv.quote(escape)}")
        if character and not _HOST_CHARACTER.fullmatch(character):
            raise URLError(f"invalid character {strconv.quote(character)} in host name")
    return _bytes(host).decode("utf-8", "replace")


def _bytes(text: str) -> bytes:
    """What a text with escapes stands for; it may hold bytes of `base64_decode` that are no characters."""
    return unquote_to_bytes(text.encode("utf-8", "surrogateescape"))
