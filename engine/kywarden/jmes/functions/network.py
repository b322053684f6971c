"""Functions on URLs: is the host outside the private networks? (pkg/engine/jmespath/functions.go)"""

from __future__ import annotations

import ipaddress
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes import urls
from kywarden.jmes.signature import BOOL, STRING, Function
from kywarden.model.world import World

_PRIVATE = tuple(
    ipaddress.ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
"""What Go's IP.IsPrivate knows; link-local addresses and 0.0.0.0 count as external."""


def is_external(address: urls.Address) -> bool:
    """Whether an address is neither of this machine nor of a private network, as Go sees it."""
    return not (address.is_loopback or any(address in network for network in _PRIVATE))


def _is_external_url(arguments: list[Any], world: World) -> bool:
    try:
        host = urls.parse(arguments[0]).host_name
    except urls.URLError as error:
        raise EvaluationError(str(error)) from None
    # an IPv6 address with a zone is looked up as a name, which yields the address
    address = urls.parse_address(host.partition("%")[0])
    if address is not None:
        return is_external(address)
    if not host:
        raise EvaluationError("lookup : no such host")
    # every resolver knows this one name (RFC 6761)
    return host != "localhost" and world.is_external_host(host)


TABLE: tuple[Function, ...] = (
    Function(
        "is_external_url",
        (STRING,),
        BOOL,
        _is_external_url,
        "Whether a URL points outside the private networks; host names are looked up.",
        "is_external_url('http://10.0.0.1:8080')",
    ),
)
