"""Starts a Superset of its own on this machine, with the dashboards of a ZIP imported: `make superset`.

It runs in the environment of Superset (requirements-superset.lock), which has nothing of the project in it.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
USER = "admin"


def main() -> None:
    """Prepare what Superset keeps, import the dashboards, and become the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zip", type=Path, help="what `make superset-bundle` wrote")
    parser.add_argument("--home", type=Path, required=True, help="folder of what Superset keeps; is made")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8088)
    given = parser.parse_args()
    home = given.home.absolute()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ |= {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        # Nobody is told that it runs.
        "SCARF_ANALYTICS": "false",
    }
    keep_secret(home / "secret_key")
    password = keep_secret(home / "password")
    prepare(home, given.zip, password)
    print(f"\nSuperset: http://{given.address}:{given.port}/dashboard/list/ - user {USER}, password {password}")
    print("Control-C ends it.\n", flush=True)
    options = ["--bind", f"{given.address}:{given.port}", "--worker-class", "gthread", "--threads", "8"]
    options += ["--timeout", "120", "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options, "superset.app:create_app()"])  # noqa: S606


def keep_secret(path: Path) -> str:
    """Return the random text in a file that nobody else may read; make the file if it is missing.

    Parameters
    ----------
    path : Path
    """
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8")


def prepare(home: Path, archive: Path, password: str) -> None:
    """Bring what Superset keeps to its version, and import the dashboards: what an earlier import made is written over.

    Parameters
    ----------
    home : Path
    archive : Path
        The ZIP.
    password : str
        Of the one user.
    """
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        import flask_migrate
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.commands.importers.v1.utils import get_contents_from_bundle
        from superset.extensions import appbuilder, security_manager
        from superset.utils.core import override_user

        stamp = home / "version"
        if not stamp.exists() or stamp.read_text() != version("apache-superset"):
            flask_migrate.upgrade(directory=str(Path(sys.modules["superset"].__file__).parent / "migrations"))
            appbuilder.add_permissions(update_perms=True)
            security_manager.sync_role_definitions()
            stamp.write_text(version("apache-superset"))
        user = security_manager.find_user(USER)
        if user is None:
            role = security_manager.find_role("Admin")
            user = security_manager.add_user(USER, "Segments", "Reader", "admin@localhost", role, password=password)
        with override_user(user), zipfile.ZipFile(archive) as bundle:
            ImportAssetsCommand(get_contents_from_bundle(bundle)).run()


if __name__ == "__main__":
    main()
