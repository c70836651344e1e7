"""Waits: backoff, alarm, and the words for them."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.phrases import rough_duration
from logview.sources.clock import Alarm, Backoff
from tests.support.clock import FakeClock


@given(st.floats(0, 1, exclude_max=True))
def test_waits_double_from_half_a_second_to_half_a_minute(random):
    backoff = Backoff(lambda: random)
    waits = [backoff.next() for _ in range(20)]
    assert 0.5 <= waits[0] <= 1
    assert all(later in (2 * wait, 30 * waits[0]) for wait, later in pairwise(waits))
    assert 15 <= waits[-1] <= 30
    assert backoff.attempt == 21
    backoff.reset()
    assert backoff.next() == waits[0]


def test_what_the_server_asks_for_wins_unless_it_is_less():
    backoff = Backoff(lambda: 0.5)
    assert backoff.next(120) == 120
    assert [backoff.next(0) for _ in range(3)] == [1.5, 3, 6]


async def alarm_task(alarm: Alarm, seconds: float | None) -> asyncio.Task[None]:
    task = asyncio.create_task(alarm.wait(seconds))
    await asyncio.sleep(0)
    return task


async def test_an_alarm_rings_when_time_is_up():
    clock = FakeClock()
    waiting = await alarm_task(Alarm(clock), 12)
    await clock.advance(11.9)
    assert not waiting.done()
    await clock.advance(0.1)
    assert waiting.done()


async def test_an_alarm_that_rang_before_is_not_waited_for():
    alarm = Alarm(FakeClock())
    alarm.wake()
    await alarm.wait(None)
    waiting = await alarm_task(alarm, None)
    assert not waiting.done()
    alarm.wake()
    await waiting


async def test_many_waits_share_a_timer_and_none_spins():
    clock = FakeClock()
    alarm = Alarm(clock)
    for _ in range(30):
        waiting = await alarm_task(alarm, None)
        alarm.wake()
        await waiting
    waiting = await alarm_task(alarm, None)
    await clock.advance(100)
    assert clock.sleeps == 1 + 20
    waiting.cancel()
    await asyncio.wait([waiting])
    alarm.close()


async def test_a_shorter_wait_does_not_wait_for_the_timer_of_a_longer_one():
    clock = FakeClock()
    alarm = Alarm(clock)
    waiting = await alarm_task(alarm, 4)
    alarm.wake()
    await waiting
    waiting = await alarm_task(alarm, 1)
    await clock.advance(1)
    assert waiting.done()
    alarm.close()


async def test_waking_up_ends_any_wait():
    clock = FakeClock()
    alarm = Alarm(clock)
    waiting = await alarm_task(alarm, 1000)
    clock.asleep += 3600
    await clock.advance(5)
    assert waiting.done()
    assert alarm.slept
    alarm.close()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.3, "0.3 s"), (40, "40 s"), (600, "10 min"), (9000, "2 h"), (400_000, "5 days")],
)
def test_a_time_is_given_in_words(seconds, words):
    assert rough_duration(seconds) == words
