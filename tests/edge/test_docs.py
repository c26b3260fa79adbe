import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.edge.fakes import client

from docs import tables
from pitwire import errors
from pitwire.edge import docs, explained
from pitwire.errors import ConfigError

pytestmark = pytest.mark.anyio


async def test_the_page_asks_no_other_host_and_runs_nothing_inline(
    make_app: Callable[..., Any],
) -> None:
    async with client(make_app(docs_enabled=True), None) as app:
        page = await app.get("http://bridge/docs")
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "http" not in page.text
        assert re.findall(r"<script(?! src=)", page.text) == []
        for link in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            loaded = await app.get(f"http://bridge{link}")
            assert loaded.status_code == 200
            assert len(loaded.content) > 100


async def test_the_page_finds_the_document_without_a_key(make_app: Callable[..., Any]) -> None:
    async with client(make_app(docs_enabled=True), None) as app:
        start = (await app.get("http://bridge/docs/start.js")).text
        url = re.search(r'url: "([^"]+)"', start)
        assert url is not None
        document = (await app.get(f"http://bridge{url.group(1)}")).json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/terminals/{terminal}/orders" in document["paths"]


async def test_every_error_is_explained_where_its_type_points(
    make_app: Callable[..., Any],
) -> None:
    async with client(make_app(docs_enabled=False), None) as app:
        page = (await app.get("http://bridge/docs/errors")).text
    for name in errors.__all__:
        error = getattr(errors, name)
        if issubclass(error, errors.ApiError):
            assert f'id="{error.code}"' in page
    for internal in ("extra[", "`", "&quot;", "__", "ours"):
        assert internal not in page


def test_every_code_is_explained_and_no_other() -> None:
    codes = {error.code for error in docs._errors()}
    assert explained.MEANING.keys() == codes
    assert explained.ADVICE.keys() == codes
    assert explained.FINER.keys() == tables.FINER.keys()


async def test_the_pages_can_be_switched_off(make_app: Callable[..., Any]) -> None:
    async with client(make_app(docs_enabled=False)) as app:
        for path in ("/docs", "/docs/start.js", "/api/v1/openapi.json"):
            assert (await app.get(f"http://bridge{path}")).status_code == 404
        assert (await app.get("http://bridge/docs/errors")).status_code == 200


def test_missing_files_are_named_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "_ASSETS", "not_installed_anywhere")
    docs._asset.cache_clear()
    with pytest.raises(ConfigError, match="fastapi-swagger"):
        docs.documentation_routes()
    docs._asset.cache_clear()
