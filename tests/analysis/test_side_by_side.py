"""Small pieces of work in threads of this process: what `map` gives, one thread to each."""

import threading
import time

import pytest
import sklearn.tree  # it brings the linear algebra, and OpenMP
from threadpoolctl import threadpool_info, threadpool_limits

from analysis.threads import side_by_side

assert sklearn.tree


def limits() -> set[int]:
    return {library["num_threads"] for library in threadpool_info()}


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_it_is_what_map_gives(workers):
    def named(number, name):
        time.sleep(0.002 * (5 - number))  # the last is done first
        return f"{name}{number}"

    assert side_by_side(named, range(5), "abcde", workers=workers) == ["a0", "b1", "c2", "d3", "e4"]
    assert side_by_side(named, [3], ["x"], workers=workers) == ["x3"]
    assert side_by_side(named, [], [], workers=workers) == []


def test_two_are_under_way_at_the_same_time():
    """The control: with one worker the first would wait for the second in vain."""
    both = threading.Barrier(2)
    assert side_by_side(lambda _: both.wait(timeout=30) >= 0, range(2), workers=2) == [True, True]
    alone = threading.Barrier(2)
    with pytest.raises(threading.BrokenBarrierError):
        side_by_side(lambda _: alone.wait(timeout=0.05), range(2), workers=1)


@pytest.mark.parametrize("workers", [1, 2])
def test_there_are_as_many_pieces_of_each_kind(workers):
    with pytest.raises(ValueError, match="shorter"):
        side_by_side(max, [1, 2, 3], [1, 2], workers=workers)


def test_linear_algebra_keeps_to_one_thread_in_each_and_has_its_own_afterwards():
    """Also in one that goes on when others have ended."""

    def seen(first):
        if not first:
            time.sleep(0.1)
        return limits()

    with threadpool_limits(limits=2):
        before = limits()
        inside = side_by_side(seen, [True, False, True, False], workers=2)
        assert limits() == before
    assert inside == [{1}] * 4
    assert max(before) == 2


def test_what_a_piece_raises_ends_the_work_and_leaves_no_limit():
    def failing(number):
        if number == 1:
            raise ZeroDivisionError(f"piece {number}")
        return number

    with threadpool_limits(limits=2):
        before = limits()
        with pytest.raises(ZeroDivisionError, match="piece 1"):
            side_by_side(failing, range(50), workers=2)
        assert limits() == before
