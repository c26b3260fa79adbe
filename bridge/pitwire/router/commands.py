"""Commands on their way: numbers, deadlines, and which answer belongs to which caller."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from pitwire.errors import QueueFull, ReadTimeout, TerminalFault, TerminalOffline
from pitwire.router.outcome import Answer, read_error
from pitwire.router.registry import Registry
from pitwire.terminal.messages import Answered, Lost, NotSent, Outgoing, Refused
from pitwire.wire.commands import Command
from pitwire.wire.replies import Reply

R = TypeVar("R", bound=Reply)


class Commands:
    """The table of pending commands; lives on the event loop."""

    def __init__(
        self, registry: Registry, *, send: Callable[[Outgoing], None], timeout_s: float
    ) -> None:
        self._registry = registry
        self._send = send
        self._timeout_s = timeout_s
        self._pending: dict[int, asyncio.Future[Answer]] = {}
        self._number = 0

    def start(
        self, terminal: str, command: Command, *, expires_in_s: float
    ) -> asyncio.Future[Answer]:
        """Hand a command to the link; the future gets exactly one answer, however late."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._number += 1
        self._pending[self._number] = future
        self._send(Outgoing(terminal, self._number, command, time.monotonic() + expires_in_s))
        return future

    def answer(self, answer: Answer) -> None:
        """Give an answer to whoever waits for it."""
        future = self._pending.pop(answer.number, None)
        if future is not None and not future.done():
            future.set_result(answer)

    async def read(
        self, terminal: str, command: Command, *, timeout_s: float | None = None
    ) -> Reply:
        """Ask a terminal and return the validated reply, of the class `command.reply`.

        Raises NotFound, TerminalOffline, ReadTimeout, or what the terminal's refusal means.
        """
        self._registry.live(terminal)
        limit = self._timeout_s if timeout_s is None else timeout_s
        future = self.start(terminal, command, expires_in_s=limit)
        timer = asyncio.get_running_loop().call_later(limit, _give_up, future)
        try:
            answer = await future
        except TimeoutError:
            raise ReadTimeout(f"The terminal did not answer within {limit:g} s.") from None
        finally:
            timer.cancel()
        return _reply(command, answer)

    async def ask(self, terminal: str, command: Command, reply: type[R]) -> R:
        """Read, with the reply's type checked for the caller."""
        answer = await self.read(terminal, command)
        if not isinstance(answer, reply):
            raise TypeError(f"{type(command).__name__} is answered by {command.reply.__name__}")
        return answer


def _give_up(future: asyncio.Future[Answer]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())


def _reply(command: Command, answer: Answer) -> Reply:
    match answer:
        case Answered(body=body):
            try:
                return command.reply.model_validate(body)
            except ValidationError as error:
                fault = error.errors(include_url=False, include_input=False)[0]
                place = ".".join(map(str, fault["loc"]))
                raise TerminalFault(
                    f"The terminal's answer to {command.code.name} is wrong at '{place}'."
                ) from None
        case Refused(body=body):
            raise read_error(body)
        case NotSent(reason=reason, queue_full=True):
            raise QueueFull(f"Nothing was sent: {reason}.")
        case NotSent(reason=reason) | Lost(reason=reason):
            raise TerminalOffline(f"The terminal went offline: {reason}.")


__all__ = ["Commands"]
