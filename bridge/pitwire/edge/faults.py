"""Faults of a request, told with the place they are at and without repeating their content."""

from typing import Any

from pydantic import ValidationError

from pitwire.errors import InvalidRequest


def header_fault(name: str, detail: str) -> InvalidRequest:
    """Describe a header that cannot be used."""
    fault = {"in": "header", "pointer": f"/{name}", "code": "invalid_header", "detail": detail}
    return InvalidRequest(f"The header {name} {detail}.", extra={"errors": [fault]})


def path_fault(name: str, detail: str) -> InvalidRequest:
    """Describe a part of the path that cannot be used."""
    fault = {"in": "path", "pointer": f"/{name}", "code": "invalid_path", "detail": detail}
    return InvalidRequest(f"The '{name}' in the path {detail}.", extra={"errors": [fault]})


def invalid(error: ValidationError, place: str) -> InvalidRequest:
    """List what is wrong with a `place`: body, query or path."""
    faults = [_fault(fault, place) for fault in error.errors(include_url=False)]
    first = faults[0]
    where = f" at '{first['pointer'][1:]}'" if first["pointer"] else ""
    return InvalidRequest(f"Wrong {place}{where}: {first['detail']}.", extra={"errors": faults})


def _fault(fault: Any, place: str) -> dict[str, str]:  # noqa: ANN401 - pydantic's own
    cause = fault.get("ctx", {}).get("error")
    pointer = "".join("/" + _escaped(str(part)) for part in fault["loc"])
    detail = str(cause) if isinstance(cause, ValueError) else fault["msg"]
    return {"in": place, "pointer": pointer, "code": fault["type"], "detail": detail.rstrip(".")}


def _escaped(part: str) -> str:
    """Write a part of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


__all__ = ["header_fault", "invalid", "path_fault"]
