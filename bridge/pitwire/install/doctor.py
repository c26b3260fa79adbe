"""The whole diagnosis of one terminal, in the order in which things depend on each other."""

from collections.abc import Iterator
from dataclasses import replace

from pitwire.app import link_settings
from pitwire.errors import ConfigError
from pitwire.install.findings import Finding, good, problem
from pitwire.install.folder_checks import check_folder
from pitwire.install.folders import DataFolder
from pitwire.install.link_checks import check_link
from pitwire.settings import Settings
from pitwire.terminal.settings import LinkSettings


def examine(
    settings: Settings, name: str, *, folder: DataFolder | None, wait_s: float
) -> Iterator[Finding]:
    """Check one terminal; `folder` is its data folder where that lies on this machine."""
    for finding in _examine(settings, name, folder=folder, wait_s=wait_s):
        yield replace(finding, terminal=name)


def _examine(
    settings: Settings, name: str, *, folder: DataFolder | None, wait_s: float
) -> Iterator[Finding]:
    entry = settings.terminals[name]
    link: LinkSettings | None = None
    try:
        link = link_settings(name, entry, settings.link)
        yield good("keys", "the secrets that the settings name can be read")
    except ConfigError as error:
        fix = "write the secret there, or make it: pitwire terminals add"
        yield problem("keys", str(error), fix=fix)
    if folder is not None:
        yield from check_folder(folder, name, entry)
    if link is not None:
        yield from check_link(link, entry, wait_s=wait_s)


__all__ = ["examine"]
