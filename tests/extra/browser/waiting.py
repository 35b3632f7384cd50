"""Waiting for what is to happen, with a deadline."""
import time


class Failure(Exception):
    """Something is not as it should be."""


def until(what, condition, seconds=20):
    """What condition() gives once it is true; errors that pass by themselves are its false."""
    deadline = time.monotonic() + seconds
    while True:
        last = None
        try:
            result = condition()
        except (LookupError, OSError) as error:
            result, last = None, error
        if result:
            return result
        if time.monotonic() > deadline:
            raise Failure(f'{what}: not after {seconds} s{f" ({last})" if last else ""}')
        time.sleep(0.05)


def require(what, condition):
    if not condition:
        raise Failure(what)
