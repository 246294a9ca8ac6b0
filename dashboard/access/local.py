"""The one person at the machine itself, where no provider is set: only by choice, and only from this machine."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

# Whoever sends one of these stands behind a proxy: the address that the server sees is not the visitor's.
FORWARDING = ("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port")


def is_loopback(address: str | None) -> bool:
    """Whether an address or host name, with or without a port, is this machine's own."""
    if not address:
        return False
    bare = address.strip().lower()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def may_edit(asked: str, served_at: str | None, client: str | None, headers: Mapping[str, str]) -> bool:
    """Whether COMMON_GROUND_LOCAL_EDITOR holds for a visit.

    ``served_at`` is the address that the server listens on. The Host and Origin headers must be this machine's too: a page of
    another site whose name was made to lead here (DNS rebinding) names its own, and so does one behind a proxy that adds nothing.
    """
    named = {name.lower(): value for name, value in headers.items()}
    return (
        asked.strip() == "1"
        and is_loopback(served_at)
        and is_loopback(client)
        and is_loopback(named.get("host"))
        and is_loopback(named.get("origin", "").partition("://")[2])
        and not any(name in named for name in FORWARDING)
    )
