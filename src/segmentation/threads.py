"""One thread for sums of floats: their last bit differs with the number of threads."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS and OpenMP use one thread."""
    context: AbstractContextManager[object] = _controller(len(sys.modules)).limit(limits=1)
    return context


@lru_cache(maxsize=1)
def _controller(modules: int) -> ThreadpoolController:
    # To find the libraries takes a millisecond, which hundreds of fits of a few milliseconds would feel. What was
    # imported since may have brought another one.
    del modules
    return ThreadpoolController()
