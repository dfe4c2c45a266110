"""The line in front of SQLite's one writer."""

from __future__ import annotations

import threading
from contextlib import suppress

from chalicelib.adapters.storage.sqlite.turnstile import Turnstile
from tests.contract.storage.desk import at_once


def test_threads_go_through_in_the_order_they_came() -> None:
    turnstile, order = Turnstile(), list[int]()

    def go(number: int) -> None:
        with turnstile:
            order.append(number)

    with turnstile:
        threads = [threading.Thread(target=go, args=(number,)) for number in range(10)]
        for number, thread in enumerate(threads):
            thread.start()
            while len(turnstile._line) <= number:
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(10))


def test_one_at_a_time_goes_through_even_when_some_stumble() -> None:
    turnstile, inside, seen = Turnstile(), list[int](), list[int]()

    def go(number: int) -> None:
        for _ in range(50):
            with suppress(ValueError), turnstile:
                inside.append(number)
                seen.append(len(inside))
                inside.pop()
                if number % 2:
                    raise ValueError

    at_once(8, go)
    assert seen == [1] * 400
