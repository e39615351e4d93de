"""One thread for sums of floats: their last bit differs with the number of threads."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS and OpenMP use one thread."""
    context: AbstractContextManager[object] = _controller().limit(limits=1)
    return context


@cache
def _controller() -> ThreadpoolController:
    # To find the libraries takes a millisecond, which hundreds of fits of a few milliseconds would feel.
    return ThreadpoolController()
