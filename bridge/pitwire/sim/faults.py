"""Failures to inject: what a real terminal and its broker do on bad days, on demand."""

from dataclasses import dataclass

from pitwire.wire.retcodes import Retcode


@dataclass(slots=True)
class Faults:
    """Switches that a test or a demo may turn at any time, from any thread.

    `requote_next`: the next trade is refused with a requote (10004).
    `retcode_next`: the next trade is refused with this return code, and not executed.
    `timeout_next`: the next trade that succeeds is answered with a time-out (10012) all the same.
    `fill_at_most`: lots that the market has for one fill, None as many as its depth shows.
    `lose_answer_next`: the next trade is executed and journaled, and its answer never sent.
    `delay_ms`: every answer waits this long before it is sent; 0 releases those that wait.
    `mute`: nothing is served and no heartbeat sent, while the sockets stay open.
    `drop_connection`: sockets and sessions are thrown away once, then bound again.
    `algo_trading`: the Algo Trading button; off, trading is refused naming the switch.
    """

    requote_next: bool = False
    retcode_next: int | None = None
    timeout_next: bool = False
    fill_at_most: float | None = None
    lose_answer_next: bool = False
    delay_ms: int = 0
    mute: bool = False
    drop_connection: bool = False
    algo_trading: bool = True

    def take_retcode(self) -> int | None:
        """Take the return code that the next trade is to be refused with, if any."""
        if self.requote_next:
            self.requote_next = False
            return Retcode.REQUOTE
        retcode, self.retcode_next = self.retcode_next, None
        return retcode

    def take_timeout(self) -> bool:
        """Whether the trade just made is to be answered as if its outcome were not known."""
        timeout, self.timeout_next = self.timeout_next, False
        return timeout

    def take_lost_answer(self) -> bool:
        """Whether the answer to the trade just made is to be lost."""
        lost, self.lose_answer_next = self.lose_answer_next, False
        return lost

    def take_drop(self) -> bool:
        """Whether the connections are to be dropped now."""
        drop, self.drop_connection = self.drop_connection, False
        return drop


__all__ = ["Faults"]
