"""The plugin that opens the warehouse: memory that DuckDB frees goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

# Blocks as DuckDB's are taken, and all but each tenth are freed, after a piece of many megabytes was.
SCRIPT = """
import ctypes, os, sys
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from segmentation_dbt.warehouse import Plugin

if sys.argv[1] == "given back":
    Plugin("warehouse", {}).update_connection_config(DuckDBCredentials(database="memory", path=":memory:"), {})
library = ctypes.CDLL(None)
library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
library.free(library.malloc(ctypes.c_size_t(24 << 20)))
blocks = [library.malloc(ctypes.c_size_t(256 << 10)) for _ in range(800)]
for block in blocks:
    ctypes.memset(block, 1, 256 << 10)

def resident():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20

before = resident()
for number, block in enumerate(blocks):
    if number % 10:
        library.free(block)
print(before - resident())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"), reason="of glibc only")
def test_memory_that_is_freed_goes_back_to_the_system() -> None:
    megabytes = {}
    for what in ("given back", "kept"):
        command = [sys.executable, "-c", SCRIPT, what]
        megabytes[what] = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    # Nine tenths of 200.
    assert megabytes["given back"] > 170
    # Where this is no longer so, it is no longer needed.
    assert megabytes["kept"] < 50
