"""Settings of the Superset that `make superset` starts: for one reader on this machine, with SQLite for what it keeps.

A Superset of your own needs one thing of it: `follow_the_version`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

HOME = Path(os.environ["SUPERSET_HOME"])

SECRET_KEY = (HOME / "secret_key").read_text(encoding="utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false"
APP_NAME = "Customer segments"
# It is on this machine alone, and has one worker.
RATELIMIT_STORAGE_URI = "memory://"
# A page gets nothing from another machine, and tells none anything. Superset's own policy lets each page ask a counter
# of its makers for an invisible picture.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "connect-src": ["'self'"],
        "default-src": ["'self'"],
        "font-src": ["'self'", "data:"],
        "img-src": ["'self'", "blob:", "data:"],
        "object-src": "'none'",
        "script-src": ["'self'", "'strict-dynamic'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "worker-src": ["'self'", "blob:"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}


def follow_the_version(
    uri: Any, params: dict[str, Any], username: str, security_manager: object, source: object
) -> tuple[Any, dict[str, Any]]:
    """Connect to the file that the link leads to at this moment.

    DuckDB shares what is open under one path. As long as queries overlap, each would be answered by the version that
    the first of them had opened.
    """
    if uri.drivername == "duckdb" and uri.database:
        uri = uri.set(database=os.path.realpath(uri.database))
    return uri, params


DB_CONNECTION_MUTATOR = follow_the_version
