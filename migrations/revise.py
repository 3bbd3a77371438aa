"""Write a new migration from what the models say and the migrations do not yet: ``make revision NAME="…"``.

Read it before you keep it. A new table needs ``protect(op.get_bind(), "its_name")`` at the end of ``upgrade``.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from qms_graphql.base.migration import config


def tidy(path: Path) -> None:
    """Format a new migration; where that fails it goes again, or the next attempt would be the one after it."""
    try:
        for step in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
            subprocess.run([sys.executable, "-m", "ruff", *step, str(path)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        path.unlink(missing_ok=True)
        sys.exit(f"Nothing was written: {error}")


if len(sys.argv) != 2 or not sys.argv[1].strip():
    sys.exit('Say what changes: make revision NAME="brand of a product"')
with TemporaryDirectory() as folder, create_engine(f"sqlite:///{Path(folder) / 'empty.db'}").connect() as connection:
    made = config(connection)
    number = len(list(ScriptDirectory.from_config(made).walk_revisions())) + 1
    command.upgrade(made, "head")
    written = command.revision(made, message=sys.argv[1], rev_id=f"{number:04d}", autogenerate=True)
    path = Path(str(written.path))  # type: ignore[union-attr] - one message makes one migration
    tidy(path)
    print(f"Written: {path}. Read it before you keep it.")
