"""Moments as numbers, the same on both databases."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Seconds(FunctionElement[int]):
    """A moment as whole seconds since 1970; what is beyond the whole second is cut off."""

    inherit_cache = True
    type = BigInteger()


@compiles(Seconds, "postgresql")
def _of_timestamp(element: Seconds, compiler: Any, **more: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **more)})) AS BIGINT)"


@compiles(Seconds, "sqlite")
def _of_text(element: Seconds, compiler: Any, **more: Any) -> str:
    # SQLite would round a moment to milliseconds.
    return f"CAST(strftime('%s', substr({compiler.process(element.clauses, **more)}, 1, 19)) AS INTEGER)"
