"""How tests are dealt out to several workers: what shares a fixture stays together."""

from xdist.scheduler.loadscope import LoadScopeScheduling

DATABASES = ("sqlite", "postgresql")
TOGETHER = ("tests/conformance/", "tests/graph/test_twin.py")
"""What one worker takes as a whole: tests that share what is dear to make, or hold one database against the other."""


class ByFile(LoadScopeScheduling):
    """A piece of work is what a file asks of one database, in the order in which pytest has collected it.

    pytest puts all tests on one database before those on the next, so that each worker makes each of them once.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        for place in TOGETHER:
            if file.startswith(place):
                return place
        _, _, given = test.partition("[")
        return " ".join([file, *(kind for kind in DATABASES if kind in given.removesuffix("]").split("-"))])
