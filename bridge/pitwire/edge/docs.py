"""Pages about the API, served from here: no other host is asked, and no script runs inline.

The browser's part is Swagger UI as the package fastapi-swagger brings it; that package follows
Swagger UI's releases, so nothing is vendored here.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from html import escape
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pitwire.edge.call import API
from pitwire.edge.explained import ADVICE, FINER, MEANING
from pitwire.edge.openapi import openapi_text
from pitwire.errors import ApiError, ConfigError

_ASSETS = "fastapi_swagger.resources"
_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
OPENAPI = f"{API}/openapi.json"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pitwire API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

_START = f"""SwaggerUIBundle({{
  url: "{OPENAPI}",
  dom_id: "#api",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null
}});
"""


def documentation_routes() -> list[Route]:
    """List the routes of the pages.

    Raises ConfigError when the files of the page are not installed.
    """
    served = [
        Route("/docs", _constant(_PAGE.encode(), "text/html")),
        Route("/docs/start.js", _constant(_START.encode(), "text/javascript")),
    ]
    for name, media_type in _FILES.items():
        served.append(Route(f"/docs/{name}", _constant(_asset(name), media_type)))
    return served


def errors_route() -> Route:
    """Give the route of the page that explains the errors."""
    return Route("/docs/errors", _constant(_errors_page().encode(), "text/html"))


@cache
def _asset(name: str) -> bytes:
    try:
        return resources.files(_ASSETS).joinpath(name).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError):
        raise ConfigError(
            "The API page needs the package fastapi-swagger: install it, or switch the page off "
            "with 'docs = false' under [http]."
        ) from None


def _constant(content: bytes, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(_request: Request) -> Response:
        return Response(content, media_type=media_type, headers=_HEADERS)

    return serve


async def serve_openapi(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve the OpenAPI document, which says nothing that the documentation does not."""
    await Response(openapi_text(), media_type="application/json")(scope, receive, send)


def _errors() -> Iterator[type[ApiError]]:
    """List every error that has a code of its own."""
    found: dict[str, type[ApiError]] = {}
    waiting: list[type[ApiError]] = [ApiError]
    while waiting:
        error = waiting.pop()
        found.setdefault(error.code, error)
        waiting += error.__subclasses__()
    yield from sorted(found.values(), key=lambda error: (error.status, error.code))


def _errors_page() -> str:
    kinds = "\n".join(
        f'<tr id="{error.code}"><td>{error.status}</td><td><code>{error.code}</code></td>'
        f"<td>{error.outcome or ''}</td><td>{'yes' if error.retryable else ''}</td>"
        f"<td>{_text(MEANING[error.code])}</td><td>{_text(ADVICE[error.code])}</td></tr>"
        for error in _errors()
    )
    finer = "\n".join(
        f'<tr id="{code}"><td><code>{code}</code></td><td>{_text(meaning)}</td></tr>'
        for code, meaning in sorted(FINER.items())
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pitwire errors</title>
</head>
<body>
<h1>Errors</h1>
<p>Every error is <code>application/problem+json</code>. Its <code>code</code> is stable: write
programs against it, never against <code>title</code> or <code>detail</code>.</p>
<p><code>outcome</code> tells what became of a trading request, and is null for every other one:
<code>not_sent</code> (repeat with the same Idempotency-Key), <code>rejected</code> (change the
order and use a new Idempotency-Key), <code>unresolved</code> (poll the order, never send it
again) or <code>in_progress</code> (the first request with this Idempotency-Key is under way).</p>
<table>
<tr><th>Status</th><th>Code</th><th>Outcome</th><th>Retryable</th><th>What happened</th>
<th>What to do</th></tr>
{kinds}
</table>
<h2>Finer codes</h2>
<p>Where more is known, <code>code</code> is one of these, and <code>type</code> points to the
kind of error above.</p>
<table>
<tr><th>Code</th><th>Meaning</th></tr>
{finer}
</table>
</body>
</html>
"""


def _text(marked: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(marked, quote=False))


__all__ = ["OPENAPI", "documentation_routes", "errors_route", "serve_openapi"]
