"""Faults of a request, told with the place they are at and without repeating their content."""

from typing import Any

from pydantic import ValidationError

from pitwire.errors import ApiError, InvalidRequest, RangeTooLarge, Unprocessable

INVALID_VOLUME = "invalid_volume"
INVALID_RANGE = "invalid_range"
RANGE_TOO_LARGE = "range_too_large"

_IMPOSSIBLE: dict[str, type[ApiError]] = {
    INVALID_VOLUME: Unprocessable,
    INVALID_RANGE: Unprocessable,
    RANGE_TOO_LARGE: RangeTooLarge,
}
"""Faults of a request that is well formed: the models name them with a PydanticCustomError."""


def header_fault(name: str, detail: str) -> InvalidRequest:
    """Describe a header that cannot be used."""
    fault = {"in": "header", "pointer": f"/{name}", "code": "invalid_header", "detail": detail}
    return InvalidRequest(f"The header {name} {detail}.", extra={"errors": [fault]})


def path_fault(name: str, detail: str) -> InvalidRequest:
    """Describe a part of the path that cannot be used."""
    fault = {"in": "path", "pointer": f"/{name}", "code": "invalid_path", "detail": detail}
    return InvalidRequest(f"The '{name}' in the path {detail}.", extra={"errors": [fault]})


def invalid(error: ValidationError, place: str) -> ApiError:
    """List what is wrong with a `place`: body, query or path.

    InvalidRequest for what is malformed, Unprocessable for what is well formed and cannot be.
    """
    faults = [_fault(fault, place) for fault in error.errors(include_url=False)]
    first = faults[0]
    where = f" at '{first['pointer'][1:]}'" if first["pointer"] else ""
    detail, extra = f"Wrong {place}{where}: {first['detail']}.", {"errors": faults}
    if not all(fault["code"] in _IMPOSSIBLE for fault in faults):
        return InvalidRequest(detail, extra=extra)
    return _IMPOSSIBLE[first["code"]](detail, code=first["code"], extra=extra)


def _fault(fault: Any, place: str) -> dict[str, str]:  # noqa: ANN401 - pydantic's own
    cause = fault.get("ctx", {}).get("error")
    pointer = "".join("/" + _escaped(str(part)) for part in fault["loc"])
    detail = str(cause) if isinstance(cause, ValueError) else fault["msg"]
    return {"in": place, "pointer": pointer, "code": fault["type"], "detail": detail.rstrip(".")}


def _escaped(part: str) -> str:
    """Write a part of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


__all__ = [
    "INVALID_RANGE",
    "INVALID_VOLUME",
    "RANGE_TOO_LARGE",
    "header_fault",
    "invalid",
    "path_fault",
]
