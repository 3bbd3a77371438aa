"""Settings from the environment, each with the prefix ``QMS_``."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from qms_graphql.base.errors import SetupError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class Settings(BaseSettings):
    """Everything an installation can choose. The README lists these; a test holds the two together."""

    model_config = SettingsConfigDict(env_prefix="QMS_", extra="ignore")

    database_url: str = Field(
        default="sqlite:///qms.db",
        description="Where the data is: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the server listens on.")
    secret_key: SecretStr | None = Field(
        default=None,
        description="64 hexadecimal digits that seal personal values, tokens and the cursors of changes."
        " Unset: see the secret file.",
    )
    secret_file: Path = Field(
        default=Path("~/.config/qms/secret.key"),
        description="File with the secret key; made with a fresh key when missing. Ignored if the key itself is set.",
    )
    database_pool: int = Field(
        default=10,
        ge=1,
        le=200,
        description="Connections that each server process keeps for reading (and as many for writing on PostgreSQL).",
    )
    max_body_bytes: int = Field(default=10_485_760, ge=1024, description="Largest request body accepted, in bytes.")
    files: str | None = Field(
        default=None,
        description="Where files are: `file:///FOLDER` or `s3://BUCKET/PREFIX`. Unset: `qms-files` beside the SQLite"
        " database, else in the working folder.",
    )
    files_endpoint: str | None = Field(
        default=None, description="Address of a store that speaks S3; unset: that of AWS. Its bucket is in the path."
    )
    files_region: str | None = Field(default=None, description="Region of the bucket.")
    files_key_id: str | None = Field(default=None, description="Who signs in to the bucket.")
    files_secret_key: SecretStr | None = Field(default=None, description="What signs in to the bucket.")
    files_most_bytes: int = Field(default=52_428_800, ge=1, le=2**31 - 1, description="Largest file, in bytes.")
    files_per_record: int = Field(default=100, ge=1, le=10_000, description="The most files of one record.")
    files_types: str = Field(
        default="application/pdf,image/png,image/jpeg,image/gif,image/webp,image/tiff,image/heic,text/plain,text/csv,"
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document,"
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,"
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        description="The media types that files may have, separated by commas.",
    )
    files_scanner: str | None = Field(
        default=None,
        description="A command that gets each new file as its input and ends with 0 if it may stay, with 1 if not:"
        " `clamdscan --no-summary -`.",
    )
    most_cost: int = Field(
        default=500_000, ge=1, description="The most that one operation may cost; see `@cost` and `@listSize`."
    )
    cost_limit: int = Field(
        default=100_000_000,
        ge=1,
        description="What one token may spend in a window, in each server process: about one processor's time.",
    )
    cost_window_seconds: float = Field(default=60.0, gt=0, description="How long the window is.")
    introspection: bool = Field(default=True, description="Whether the API tells its schema to who asks.")
    trusted_documents: Path | None = Field(
        default=None,
        description="A JSON file of ids and documents; if it is set, no others are executed.",
    )
    cors_origins: str | None = Field(
        default=None,
        description="Origins whose pages may use the API, separated by commas; `*` for all. Unset: only its own.",
    )
    live_poll_seconds: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="How often a live stream looks for new events when nothing wakes it sooner.",
    )
    heartbeat_seconds: float = Field(
        default=12.0, gt=0, le=15, description="After how many silent seconds a live stream sends a heartbeat."
    )
    work_seconds: float = Field(
        default=30.0,
        ge=0,
        description="How often the server looks for timed work that is due (revisions are once a minute); 0: never,"
        " where `qms work` does it.",
    )
    demo_token: SecretStr | None = Field(
        default=None,
        description="A token the GraphiQL page presents by default; `qms demo` sets it.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much the log tells; `INFO` has one line for each request."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="`json` lines, or `console` for people; `auto` is `console` on a terminal."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Opens `/metrics` to whoever presents it as a bearer token; unset: there is no such page.",
    )
    telemetry: bool = Field(
        default=False,
        description="Traces and metrics by OpenTelemetry (`pip install 'qms-graphql[telemetry]'`, variables `OTEL_…`).",
    )

    @cached_property
    def url(self) -> URL:
        """The database's address with the driver this product uses. Raises ``SetupError`` if it is not understood."""
        try:
            url = make_url(self.database_url)
        except ArgumentError:
            raise SetupError("QMS_DATABASE_URL is not a database address.") from None
        backend = url.drivername.partition("+")[0]
        if backend not in _DRIVERS:
            raise SetupError(f"QMS_DATABASE_URL names {backend!r}; this product runs on sqlite and postgresql.")
        return url.set(drivername=_DRIVERS[backend])

    @property
    def origins(self) -> list[str]:
        """The origins of other sites' pages that may use the API."""
        return [origin.strip() for origin in (self.cors_origins or "").split(",") if origin.strip()]

    @property
    def file_types(self) -> list[str]:
        """The media types that files may have."""
        return [kind.strip().lower() for kind in self.files_types.split(",") if kind.strip()]

    @property
    def on_sqlite(self) -> bool:
        """Whether the data is in an embedded SQLite file."""
        return self.url.get_backend_name() == "sqlite"


def load_settings() -> Settings:
    """Read the environment. Raises ``SetupError`` that names the variable and never shows a secret."""
    try:
        settings = Settings()
        _ = settings.url
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "QMS_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SetupError(f"{name}: {first['msg']}.") from None
    return settings
