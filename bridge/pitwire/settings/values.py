"""The kinds of text that settings are made of, each with its check and its sentence."""

import re
from ipaddress import IPv6Address, ip_address
from typing import Annotated

from pydantic import AfterValidator

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]|_(?!_)){0,63}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_ENDPOINT = re.compile(r"tcp://(?:\*|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")
_SECRET_URI = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:[^\x00-\x1f]+")
_CURVE_KEY = re.compile(r"[0-9A-Za-z.:+=^!/*?&<>()\[\]{}@%$#-]{40}")
MAX_PORT = 65535


def _check_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            "should be 1 to 64 lower-case letters, digits, '-' or '_' (no '__', which separates "
            "the parts of environment names)"
        )
    return value


def is_loopback(host: str) -> bool:
    """Tell whether nobody beyond this machine can reach or see the host."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    # An IPv4 address that an IPv6 socket shows: ::ffff:127.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _check_host(value: str) -> str:
    try:
        ip_address(value)
    except ValueError:
        if not _HOST.fullmatch(value):
            raise ValueError(
                "should be an IP address or a host name, without scheme or port"
            ) from None
    return value


def _check_endpoint(value: str) -> str:
    match = _ENDPOINT.fullmatch(value)
    if match is None or not 1 <= int(match[1]) <= MAX_PORT:
        raise ValueError("should be written as tcp://HOST:PORT, for example tcp://127.0.0.1:5555")
    return value


def _check_secret_uri(value: str) -> str:
    if not _SECRET_URI.fullmatch(value):
        raise ValueError("should be env:NAME or file:PATH, never the secret itself")
    return value


def _check_curve_key(value: str) -> str:
    if not _CURVE_KEY.fullmatch(value):
        raise ValueError("should be a CURVE public key: 40 characters of Z85")
    return value


def host_of(endpoint: str) -> str:
    """Return the host of a checked endpoint, an IPv6 address without its brackets."""
    return endpoint.removeprefix("tcp://").rpartition(":")[0].strip("[]")


Name = Annotated[str, AfterValidator(_check_name)]
Host = Annotated[str, AfterValidator(_check_host)]
Endpoint = Annotated[str, AfterValidator(_check_endpoint)]
SecretUri = Annotated[str, AfterValidator(_check_secret_uri)]
CurvePublicKey = Annotated[str, AfterValidator(_check_curve_key)]
