# SPDX-License-Identifier: Apache-2.0
"""Waiting for what comes about by itself, with a deadline and a reason when it does not."""
import time


def wait_until(question, what, deadline_s=60.0):
    """Asks until the answer is true, and returns it. An exception is an answer not had yet."""
    deadline = time.monotonic() + deadline_s
    while True:
        try:
            answer = question()
            last = repr(answer)
        except Exception as error:  # pylint: disable=broad-except
            answer, last = None, f"{type(error).__name__}: {error}"
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise AssertionError(f"after {deadline_s:g} s still not so: {what}; last seen: {last}")
        time.sleep(0.05)


def wait_for_equal(question, expected, what, deadline_s=60.0):
    """Like wait_until; shows the last answer in full, so that a difference can be read."""
    last = None

    def is_equal():
        nonlocal last
        last = question()
        return last == expected

    try:
        wait_until(is_equal, what, deadline_s)
    except AssertionError:
        assert last == expected, f"after {deadline_s:g} s: {what}"
        raise
