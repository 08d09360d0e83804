"""The conformance kit: it passes on sound engines, and names what a broken one does (8.2, 8.5)."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from clubtill_ledger.operate import command
from clubtill_ledger.operate.conformance_checks import CHECKS
from clubtill_ledger.store import citus
from clubtill_ledger.store.columns import METADATA
from tests.ledger.conftest import NO_POSTGRES, POSTGRES
from tests.ledger.engines.proxy import PASS, Act, Asked, proxied

QUICK = ("--rounds", "20")
KEY_OF_LEGS = ", \n\tUNIQUE (bucket, event_id, leg)"
needs_postgres = pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES)


def _run(*words: str) -> Result:
    """Run the kit beside the test's own thread, for it pauses between tries."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(CliRunner().invoke, command, ["conformance", *words]).result()


def _failed(result: Result) -> dict[str, str]:
    """Give what failed: name of the check -> what it says."""
    lines = [line.removeprefix("FAIL  ") for line in result.output.splitlines() if line.startswith("FAIL")]
    return dict(line.split(": ", 1) for line in lines)


def test_kit_passes_on_a_file(tmp_path: Path) -> None:
    """8.5: SQLite passes every check, and the file is left without tables."""
    path = tmp_path / "new.db"
    result = _run(str(path), *QUICK)
    assert (result.exit_code, _failed(result)) == (0, {}), result.output
    assert f"Passes all {len(CHECKS) + 1} checks" in result.output
    assert "raw_event" not in path.read_bytes().decode("latin-1").partition("CREATE TABLE")[0]


@needs_postgres
@pytest.mark.parametrize("isolation", ["READ COMMITTED", "SERIALIZABLE"])
def test_kit_passes_on_postgresql(postgres_url: str, isolation: str) -> None:
    """8.5: PostgreSQL passes at both levels, in a schema of its own; lines were cut before and after commits (F34)."""
    schema = f"kit_{isolation[0].lower()}"
    result = _run(postgres_url, "--schema", schema, "--isolation", isolation, *QUICK)
    assert (result.exit_code, _failed(result)) == (0, {}), result.output
    assert isolation.lower() in result.output
    assert "before and" in result.output


def test_file_that_holds_something_is_refused(tmp_path: Path) -> None:
    """The kit writes nothing where something stands already."""
    path = tmp_path / "mine.db"
    path.write_bytes(b"mine")
    result = _run(str(path))
    assert (result.exit_code, path.read_bytes()) == (2, b"mine")
    assert "holds something already" in result.output


@needs_postgres
def test_database_with_tables_is_refused(postgres_url: str) -> None:
    """The kit says which table stands there, and leaves it alone."""
    engine = sa.create_engine(sa.make_url(postgres_url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE public.mine (n int)")
    try:
        result = _run(postgres_url)
        assert result.exit_code == 2
        assert "holds 1 tables, such as mine" in result.output
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE public.mine")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("postgresql://nobody@127.0.0.1:1/none",), "cannot be reached"),
        (("mysql://somewhere/ledger",), "not in mysql"),
        (("://x",), "no database URL"),
        (("some.db", "--schema", "S"), "A schema needs a PostgreSQL URL"),
        (("/nowhere/at/all.db",), "cannot be opened or made"),
    ],
)
def test_wrong_database_is_a_sentence(words: tuple[str, ...], said: str) -> None:
    """A URL that leads nowhere, names another engine or is none: one sentence, exit code 2."""
    result = _run(*words)
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1


# ------------------------------------------------------------------ planted engines


@needs_postgres
def test_engine_that_loses_updates_fails(postgres_url: str) -> None:
    """8.3: an engine that says UPDATE 1 and writes nothing, three times in all, is found and told in plain words."""
    lost = {25, 50, 75}
    every = itertools.count(1)

    def swallow(asked: Asked) -> Act:
        if asked.is_a("UPDATE ACCOUNT_STATE") and next(every) in lost:
            return Act(
                rewrite=lambda sql: sql.replace(" WHERE ", " WHERE 1 = 0 AND ", 1) if sql.startswith("UPDATE") else sql,
                claim=lambda tag: "UPDATE 1" if tag == "UPDATE 0" else tag,
            )
        return PASS

    with proxied(postgres_url) as (proxy, url):
        proxy.fault = swallow
        result = _run(url, "--schema", "kit_swallow", *QUICK)
    assert proxy.done["rewritten"] == len(lost)
    assert result.exit_code == 1
    assert "acknowledged updates of one row are lost" in _failed(result)["no update of a row is lost"]
    assert "Do not keep a ledger on this database" in result.output


@needs_postgres
def test_engine_that_loses_commits_fails(postgres_url: str) -> None:
    """8.3, I9: an engine that says COMMIT and rolls back, every 7th time, loses acknowledged facts: told."""
    every = itertools.count(1)

    def forget(asked: Asked) -> Act:
        if asked.is_a("COMMIT") and next(every) % 7 == 0:
            return Act(rewrite=lambda _sql: "ROLLBACK", claim=lambda _tag: "COMMIT")
        return PASS

    with proxied(postgres_url) as (proxy, url):
        proxy.fault = forget
        result = _run(url, "--schema", "kit_forget", *QUICK)
    assert result.exit_code == 1
    failed = _failed(result)
    assert {"numbers in commit order, without a gap", "no update of a row is lost"} & set(failed), result.output


@needs_postgres
def test_engine_without_unique_keys_fails(postgres_url: str) -> None:
    """3.2: an engine that takes a second row with the same key is found, each key by its name."""

    def keyless(asked: Asked) -> Act:
        return Act(rewrite=lambda sql: sql.replace(KEY_OF_LEGS, "")) if asked.is_a("CREATE TABLE") else PASS

    with proxied(postgres_url) as (proxy, url):
        proxy.fault = keyless
        result = _run(url, "--schema", "kit_keys", *QUICK)
    assert result.exit_code == 1
    assert _failed(result)["unique keys refuse a second row"].endswith(": entry (bucket, event_id, leg)")


# ------------------------------------------------------------------ Citus


def test_every_table_is_distributed_by_its_bucket() -> None:
    """8.2: each table is spread by bucket beside the first one, or is a reference table where it has none."""
    told = citus.statements()
    for table in METADATA.sorted_tables:
        by = "create_distributed_table('{}', 'bucket'" if "bucket" in table.c else "create_reference_table('{}'"
        assert sum(by.format(table.name) in one for one in told) == 1
    assert len(told) == len(METADATA.tables)
    said = CliRunner().invoke(command, ["citus"])
    assert (said.exit_code, said.output.splitlines()) == (0, [f"{one};" for one in told])
