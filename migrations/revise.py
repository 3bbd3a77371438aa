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

with TemporaryDirectory() as folder, create_engine(f"sqlite:///{Path(folder) / 'empty.db'}").connect() as connection:
    made = config(connection)
    number = len(list(ScriptDirectory.from_config(made).walk_revisions())) + 1
    command.upgrade(made, "head")
    written = command.revision(made, message=sys.argv[1], rev_id=f"{number:04d}", autogenerate=True)
    path = str(written.path)  # type: ignore[union-attr] - one message makes one migration
    for step in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, path], check=True)
    print(f"Written: {path}. Read it before you keep it.")
