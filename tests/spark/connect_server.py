"""A Spark Connect server on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyspark

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
START_SECONDS = 300


def is_listening(port: int) -> bool:
    """Return whether somebody answers at a port."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def connect_server(folder: Path) -> Iterator[str]:
    """Start a server that keeps its tables in a folder; return its address, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": folder / "tables",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder}/catalog;create=true",
        "spark.hadoop.hive.hmshandler.retry.attempts": 1,
        "spark.driver.memory": "4g",
        "spark.ui.enabled": "false",
    }
    program = Path(pyspark.__file__).parent / "bin/spark-submit"
    options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    environment = os.environ | {
        "SPARK_CONF_DIR": str(Path(__file__).parent / "conf"),
        "PYSPARK_PYTHON": sys.executable,
    }
    log = folder / "server.log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            [program, "--master", "local[2]", "--class", SERVER, *options],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS
            while not is_listening(port):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.5)
            yield f"sc://127.0.0.1:{port}"
        finally:
            server.terminate()
