"""What time is it at a database server, when a test says so? Its own function is hidden behind one that stands."""

from datetime import datetime

from sqlalchemy import create_engine, text

from tests.postgres_servers import PostgresServer
from tests.unit.store.ledger_samples import NOVEMBER

# a name is looked up in pg_catalog first, unless the path says otherwise:
# https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG
HIDING = "ALTER ROLE postgres SET search_path = public, pg_catalog"
STANDING = (
    "CREATE SCHEMA standing",
    "CREATE TABLE standing.times (now timestamptz NOT NULL)",
    f"INSERT INTO standing.times VALUES ('{NOVEMBER.isoformat()}')",
    "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now FROM standing.times'",
)


def hide_the_time(server: PostgresServer) -> None:
    """Have the server's databases ask a function of their own for the time, where they have one."""
    execute(server.url, HIDING)


def stop_the_time(url: str) -> None:
    """Let the time stand in that database."""
    execute(url, *STANDING)


def set_the_time(url: str, moment: datetime) -> None:
    """Say what time it is there."""
    execute(url, f"UPDATE standing.times SET now = '{moment.isoformat()}'")


def execute(url: str, *commands: str) -> None:
    """Execute the commands, each for itself."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for command in commands:
            connection.execute(text(command))
    engine.dispose()
