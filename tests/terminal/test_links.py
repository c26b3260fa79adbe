"""The thread of all links: starting, stopping, and one answer for every command."""

import asyncio
import gc
import socket
import threading
import warnings
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.terminal.bridge import Bridge, MakeBridge, MakePair, MakeTerminal, SettingsFor
from tests.terminal.scripted import COMMANDS, PATIENCE_S, STREAM, ScriptedTerminal, free_ports

from pitwire.errors import ConfigError
from pitwire.terminal.links import Links
from pitwire.terminal.messages import Answered, Delivery, LinkDown, LinkUp, Lost, NotSent
from pitwire.terminal.settings import LinkSettings
from pitwire.wire.commands import OrderStatus, SymbolInfoGet
from pitwire.wire.handshake import Secret

READ = SymbolInfoGet(symbol="EURUSD")


def test_stop_says_bye_and_answers_everything(pair: MakePair) -> None:
    made = pair(max_in_flight=2)
    made.terminal.holding = True
    for number in range(5):
        made.bridge.send(OrderStatus(request_id=f"r{number}"))
    made.bridge.wait(lambda: len(made.terminal.asked()) == 2)
    session = made.terminal.newest.number
    made.bridge.links.stop()
    ends = [type(item) for item in made.bridge.delivered if not isinstance(item, LinkUp)]
    ends = [kind for kind in ends if kind in {Lost, NotSent, LinkDown, Answered}]
    assert ends == [Lost, Lost, NotSent, NotSent, NotSent, LinkDown]
    made.bridge.wait(lambda: made.terminal.farewells == [session])
    assert threading.active_count() == len(threading.enumerate())
    assert not any(thread.name == "pitwire-links" for thread in threading.enumerate())


def test_what_is_sent_before_the_start_or_after_the_stop_is_answered(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    bridge = make_bridge(settings_for(make_terminal(secret)), start=False)
    assert isinstance(bridge.wait_answer(bridge.send(READ)), NotSent)
    bridge.links.start()
    bridge.wait_live()
    bridge.links.stop()
    assert isinstance(bridge.wait_answer(bridge.send(READ)), NotSent)
    bridge.links.stop()
    with pytest.raises(RuntimeError):
        bridge.links.start()


def test_many_threads_send_while_the_links_stop(pair: MakePair) -> None:
    made = pair()
    sent: list[int] = []

    def send() -> None:
        sent.extend(made.bridge.send(READ) for _ in range(300))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    made.bridge.wait_for(Answered)
    made.bridge.links.stop()
    for thread in threads:
        thread.join()
    made.bridge.wait(lambda: len(made.bridge.answers()) == len(sent) == 1200)
    assert {len(answers) for answers in made.bridge.answers().values()} == {1}


def test_an_endpoint_that_is_taken_ends_the_start_and_leaves_nothing_open(
    secret: Secret, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first, second = free_ports()
        common: dict[str, Any] = {"secrets": (secret,), "bind": True}
        links = [
            LinkSettings(
                name="desk-1",
                commands=f"tcp://127.0.0.1:{first}",
                stream=f"tcp://127.0.0.1:{second}",
                **common,
            ),
            LinkSettings(
                name="desk-2",
                commands=f"tcp://127.0.0.1:{free_ports()[0]}",
                stream=f"tcp://127.0.0.1:{taken.getsockname()[1]}",
                **common,
            ),
        ]
        bridge = make_bridge(*links, start=False)
        with pytest.raises(ConfigError, match="desk-2"):
            bridge.links.start()
    for port in (first, second):
        with socket.socket() as again:
            again.bind(("127.0.0.1", port))
    assert isinstance(bridge.wait_answer(bridge.send(READ)), NotSent)


def test_names_have_to_differ_and_the_bridge_needs_one(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor
) -> None:
    one = settings_for(make_terminal(secret, start=False))
    with pytest.raises(ConfigError, match="Two terminals"):
        Links([one, one], bridge="b", deliver=lambda _: None)
    with pytest.raises(ConfigError, match="bridge's name"):
        Links([one], bridge="a bridge", deliver=lambda _: None)


def test_links_that_are_never_started_hold_nothing(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        links = Links(
            [settings_for(make_terminal(secret, start=False))], bridge="b", deliver=lambda _: None
        )
        links.stop()
        del links
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_a_receiver_that_fails_does_not_end_the_links(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor
) -> None:
    terminal = make_terminal(secret)
    answered, calls = threading.Event(), 0

    def deliver(batch: list[Delivery]) -> None:
        nonlocal calls
        calls += 1
        if any(isinstance(item, LinkUp) for item in batch):
            raise RuntimeError("the receiver is broken")
        answered.set()

    links = Links([settings_for(terminal)], bridge="b", deliver=deliver)
    links.start()
    try:
        assert answered.wait(20)  # heartbeats go on
        assert calls > 1
    finally:
        links.stop()


def test_one_terminals_end_is_not_anothers(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor, make_bridge: MakeBridge
) -> None:
    one, two = make_terminal(secret), make_terminal(secret, name="desk-2")
    bridge = make_bridge(settings_for(one), settings_for(two))
    bridge.wait(lambda: len(bridge.of(LinkUp)) == 2)
    one.kill()
    assert bridge.wait_for(LinkDown)[0].terminal == "desk-1"
    answer = bridge.wait_answer(bridge.send(READ, terminal="desk-2"))
    assert isinstance(answer, Answered)
    assert answer.terminal == "desk-2"
    assert bridge.links.status("desk-2").live


BLOWS = ("kill", "start", "mute", "unmute", "gap", "bye", "garbage", "hold", "release")


def strike(terminal: ScriptedTerminal, blow: str) -> None:
    """Do something bad to a terminal, or end it; impossible ones are left out."""
    running = bool(terminal._sockets)
    if blow == "kill":
        terminal.kill()
    elif blow == "start" and not running:
        terminal.start()
    elif blow in {"mute", "unmute"}:
        terminal.silent[COMMANDS] = terminal.silent[STREAM] = blow == "mute"
    elif blow == "hold":
        terminal.holding = True
    elif blow == "release" and running:
        terminal.release()
    elif blow == "garbage" and running and terminal._strangers.keys() >= {COMMANDS}:
        terminal.inject(COMMANDS, b"", b"\0" * 100, terminal.given[-1][1])
    elif blow == "gap" and running:
        terminal.lose_a_frame()
    elif blow == "bye" and running:
        terminal.say_bye()


@pytest.mark.parametrize("on_loop", [False, True])
@settings(max_examples=25)
@given(
    story=st.lists(
        st.one_of(st.sampled_from(BLOWS), st.integers(1, 40), st.just("breathe")), max_size=12
    )
)
def test_whatever_happens_every_command_has_one_answer_and_is_executed_at_most_once(
    story: list[str | int], *, on_loop: bool
) -> None:
    secret = Secret(b"s" * 32)
    terminal = ScriptedTerminal(secret)
    terminal.start()
    bridge = Bridge(
        LinkSettings(
            name=terminal.name,
            commands=terminal.endpoints[COMMANDS],
            stream=terminal.endpoints[STREAM],
            secrets=(secret,),
            handshake_timeout_ms=100,
            heartbeat_interval_ms=20,
            heartbeat_timeout_ms=150,
            backoff_min_ms=5,
            backoff_max_ms=20,
            rekey_after_frames=30,
            max_in_flight=8,
            max_queued=30,
        ),
        on_loop=on_loop,
    )
    bridge.links.start()
    try:
        bridge.wait_live()
        sent: list[int] = []
        for step in story:
            if isinstance(step, int):
                sent += [
                    bridge.send(OrderStatus(request_id=f"r{len(sent) + place}"))
                    for place in range(step)
                ]
            elif step == "breathe":
                bridge.breathe()
            else:
                strike(terminal, step)
        bridge.links.stop()
        answers = bridge.answers()
        assert sorted(answers) == sorted(sent)
        assert all(len(found) == 1 for found in answers.values())
        executed = Counter(body["request_id"] for body in terminal.asked())
        assert all(times == 1 for times in executed.values())
        for place, number in enumerate(sent):
            if isinstance(answers[number][0], NotSent):
                assert f"r{place}" not in executed
            elif isinstance(answers[number][0], Answered):
                assert f"r{place}" in executed
        assert bridge.status.in_flight == bridge.status.queued == 0
    finally:
        bridge.links.stop()
        terminal.close()


class BlindLoop(asyncio.SelectorEventLoop):
    """A loop that cannot watch descriptors, as Windows' Proactor loop cannot."""

    def add_reader(self, *_: Any) -> None:  # type: ignore[override]  # refuses whatever comes
        raise NotImplementedError


def test_a_loop_that_cannot_watch_leaves_the_sockets_to_a_thread(
    secret: Secret, make_terminal: MakeTerminal, settings_for: SettingsFor
) -> None:
    live = threading.Event()

    def deliver(batch: list[Delivery]) -> None:
        if any(isinstance(item, LinkUp) for item in batch):
            live.set()

    links = Links([settings_for(make_terminal(secret))], bridge="b", deliver=deliver)

    async def story() -> None:
        links.start(asyncio.get_running_loop())
        assert not links.attached
        assert await asyncio.to_thread(live.wait, PATIENCE_S)
        await links.close()

    with asyncio.Runner(loop_factory=BlindLoop) as runner:
        runner.run(story())
    assert not any(thread.name == "pitwire-links" for thread in threading.enumerate())
