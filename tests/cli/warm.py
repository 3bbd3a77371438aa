"""Commands in processes of their own that are forked from one which has imported all they need: ten times as quick."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.cli.built"])


def run(command: tuple[str, ...], environment: Mapping[str, str], patience: float) -> subprocess.CompletedProcess[str]:
    """Run ``qms`` to its end, as ``subprocess.run`` would."""
    with TemporaryDirectory() as folder:
        printed, said = Path(folder, "stdout"), Path(folder, "stderr")
        process = _FORKS.Process(target=_become, args=(command, dict(environment), printed, said))
        process.start()
        process.join(patience)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, patience, printed.read_text(), said.read_text())
        return subprocess.CompletedProcess(command, process.exitcode, printed.read_text(), said.read_text())


def _become(arguments: tuple[str, ...], environment: dict[str, str], printed: Path, said: Path) -> None:
    """Be the command: its arguments, its environment, its output."""
    from qms_graphql.cli.main import main

    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, printed), (2, said)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    sys.argv = ["qms", *arguments]
    main()
