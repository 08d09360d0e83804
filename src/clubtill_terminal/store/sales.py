"""Sales and their receipts in `facts`, with the print jobs that the sale's own transaction makes (U61, U116)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from clubtill_terminal.store.tables import device_state, print_job, sale


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSale:
    """A finished sale as kept: `receipt` is its document tree as JSON."""

    sale_id: str
    number: int
    at_us: int
    total_minor: int
    member_number: str
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """A receipt to print. `state` is waiting, sent, confirmed, unknown or failed; `drawer` opens it as well."""

    job_id: str
    sale_id: str
    state: str
    drawer: bool


_insert_sale = sale.insert()
_insert_job = print_job.insert()
_unprinted = select(print_job).where(print_job.c.state.in_(("waiting", "sent"))).order_by(print_job.c.job_id)
_mark_printed = update(print_job).where(print_job.c.job_id == bindparam("the_job")).values(state=bindparam("to_state"))
_take_number = (
    update(device_state)
    .where(device_state.c.id == 1, device_state.c.next_sale_number == bindparam("the_number"))
    .values(next_sale_number=device_state.c.next_sale_number + 1)
)


def keep_sale(facts: Connection, kept: KeptSale, job: PrintJob | None) -> None:
    """Write a sale, its number and its print job within the caller's transaction.

    Raises:
        RuntimeError: the sale's number is not the next one; the transaction must not commit.
    """
    if facts.execute(_take_number, {"the_number": kept.number}).rowcount != 1:
        raise RuntimeError("a sale number is used twice")
    facts.execute(_insert_sale, {name: getattr(kept, name) for name in KeptSale.__slots__})
    if job is not None:
        facts.execute(
            _insert_job, {"job_id": job.job_id, "sale_id": job.sale_id, "state": job.state, "drawer": int(job.drawer)}
        )


def last_sales(facts: Connection, rows_max: int) -> tuple[KeptSale, ...]:
    """Give the latest sales, newest first."""
    rows = facts.execute(select(sale).order_by(sale.c.number.desc()).limit(rows_max))
    return tuple(KeptSale(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for it


def find_sale(facts: Connection, sale_id: str) -> KeptSale | None:
    """Give a sale by its id."""
    row = facts.execute(select(sale).where(sale.c.sale_id == sale_id)).one_or_none()
    return KeptSale(**row._mapping) if row is not None else None  # noqa: SLF001 - as above


def id_of(facts: Connection, number: int) -> str:
    """Give the id of the latest sale with a number; blank for none."""
    found = facts.execute(
        select(sale.c.sale_id).where(sale.c.number == number).order_by(sale.c.at_us.desc()).limit(1)
    ).scalar_one_or_none()
    return found or ""


def unprinted(facts: Connection) -> tuple[PrintJob, ...]:
    """Give the print jobs that are not finished: waiting ones to print, sent ones whose end is unknown (U116)."""
    rows = facts.execute(_unprinted)
    return tuple(PrintJob(job_id=r.job_id, sale_id=r.sale_id, state=r.state, drawer=bool(r.drawer)) for r in rows)


def add_print_job(facts: Connection, job: PrintJob) -> None:
    """Queue one more print of a sale: a copy."""
    facts.execute(
        _insert_job, {"job_id": job.job_id, "sale_id": job.sale_id, "state": job.state, "drawer": int(job.drawer)}
    )


def mark_printed(facts: Connection, job_id: str, state: str) -> None:
    """Keep what became of a print job."""
    facts.execute(_mark_printed, {"the_job": job_id, "to_state": state})
