"""Serving: `clubtill ledger serve`: the HTTP server its certificate, limits and metrics, and its stop.

Every setting is an option, a variable of the environment (CLUBTILL_LEDGER_...) or a line of a TOML file, in this order.
"""

from __future__ import annotations

import gc
import os
import signal
import ssl
import sys
import tomllib
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, Final

import structlog
import typer
import uvicorn

from clubtill_ledger.app import limits as app_limits
from clubtill_ledger.app import routes
from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.app.face import Face
from clubtill_ledger.app.limits import Limits
from clubtill_ledger.operate import jobs as jobs_commands
from clubtill_ledger.operate import logs, metrics
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store.engines import Store

EXIT_BROKEN_DISK: Final = 74
GRACE_S: Final = 20
"""How long a batch in work may go on after the service was told to stop; polls end at once."""
SWITCH_S: Final = 0.0005
"""How long a thread computes before another may: a sale at a counter has the processor soon, whoever drains (6.4)."""
COLLECT_AFTER: Final = (50_000, 10, 10)
"""What a batch makes is gone when it is answered, with no collector: it looks for circles once in many batches."""
VARIABLE: Final = "CLUBTILL_LEDGER_"

log = structlog.get_logger()


def from_file(context: typer.Context, file: Path | None) -> Path | None:
    """Read settings from a TOML file; what is said by option or variable goes before it."""
    if file is None:
        return None
    known = {one.name for one in context.command.params} - {"settings"}
    try:
        told: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{file} cannot be read: {error}") from error
    if strange := sorted(set(told) - known):
        raise typer.BadParameter(f"{file} says {strange[0]}, which is no setting")
    context.default_map = told
    return file


Settings = Annotated[
    Path | None,
    typer.Option(
        "--settings", envvar=VARIABLE + "SETTINGS", is_eager=True, callback=from_file, help="A TOML file of settings."
    ),
]


def serve(  # noqa: PLR0917 - typer's way
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    settings: Settings = None,
    host: Annotated[str, typer.Option(envvar=VARIABLE + "HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar=VARIABLE + "PORT", help="Port to listen on.")] = 8741,
    tls_cert: Annotated[
        Path | None, typer.Option(envvar=VARIABLE + "TLS_CERT", help="Certificate chain in PEM.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(envvar=VARIABLE + "TLS_KEY", help="Its key in PEM.")] = None,
    metrics_port: Annotated[
        int, typer.Option(envvar=VARIABLE + "METRICS_PORT", help="Port of /metrics on loopback; 0 for none.")
    ] = 0,
    rate: Annotated[
        float, typer.Option(envvar=VARIABLE + "RATE", min=0.01, help="Requests a second of one device.")
    ] = app_limits.RATE_PER_S,
    burst: Annotated[
        int, typer.Option(envvar=VARIABLE + "BURST", min=1, help="Requests of one device at once.")
    ] = app_limits.BURST,
    drains: Annotated[
        int, typer.Option(envvar=VARIABLE + "DRAINS", min=1, help="Long batches in work at once.")
    ] = app_limits.DRAINS_MAX,
    protocol_least: Annotated[
        int,
        typer.Option(
            envvar=VARIABLE + "PROTOCOL_LEAST", min=1, help="The oldest protocol whose terminals still get points."
        ),
    ] = 1,
    jobs: Annotated[bool, typer.Option(help="Run jobs as well: expiry, mail and the like.")] = True,  # noqa: FBT002 - typer's way
) -> None:
    """Serve terminals, and do what falls due."""
    del settings  # they are the defaults of the others by now
    _check_tls(tls_cert, tls_key)
    with opened(database, key_file) as store:
        logs.configure()
        sys.setswitchinterval(SWITCH_S)
        limits = Limits(rate_per_s=rate, burst=burst, drains_max=drains)
        ledger = Ledger(store, protocol_least=protocol_least)
        server, face = _built(ledger, limits, host=host, port=port, tls_cert=tls_cert, tls_key=tls_key)
        typer.echo(f"Clubtill ledger on {'https' if tls_cert else 'http'}://{host}:{port}")
        log.info("started", port=port, tls=bool(tls_cert), database="file" if store.is_sqlite else "postgresql")
        worker = jobs_commands.at_work(store, broken_disk_exit=EXIT_BROKEN_DISK) if jobs else nullcontext()
        with metrics.exported(face.metrics, store, metrics_port), worker:
            _run(server)
        log.info("stopped")


def _run(server: uvicorn.Server) -> None:
    """Serve until told to stop. uvicorn raises a signal once more when it is done, which would end what follows it."""

    def stop(_signal: int, _frame: object) -> None:
        server.should_exit = True

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)
    gc.collect()
    gc.freeze()  # what the program itself is made of is looked through once, not again in the midst of a batch
    gc.set_threshold(*COLLECT_AFTER)
    server.run()


def http_server(store: Store, *, host: str, port: int) -> uvicorn.Server:
    """Build the server; `run` blocks until it is told to exit, and long polls end with it."""
    return _built(Ledger(store), Limits(), host=host, port=port, tls_cert=None, tls_key=None)[0]


def _built(
    ledger: Ledger, limits: Limits, *, host: str, port: int, tls_cert: Path | None, tls_key: Path | None
) -> tuple[uvicorn.Server, Face]:
    servers: list[uvicorn.Server] = []
    face = Face(
        ledger=ledger,
        now_us=clock_us,
        stopping=lambda: servers[0].should_exit,
        on_broken_disk=lambda: os._exit(EXIT_BROKEN_DISK),
        limits=limits,
    )
    config = uvicorn.Config(
        routes.build(face),
        host=host,
        port=port,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=75,
        h11_max_incomplete_event_size=64 * 1024,
    )
    servers.append(uvicorn.Server(config))
    return servers[0], face


def _check_tls(cert: Path | None, key: Path | None) -> None:
    """Refuse in one sentence a certificate that cannot be served with."""
    if cert is None and key is None:
        return
    why = "give both, a certificate and its key"
    if cert is not None and key is not None:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
        except (OSError, ssl.SSLError) as error:
            why = error.strerror or type(error).__name__
        else:
            return
    typer.echo(f"The certificate cannot be used: {why}.", err=True)
    raise typer.Exit(EXIT_REFUSED)
