"""Command line: python -m register verify | export | import | backup | upgrade | example | schema."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from register import database, transfer
from register.example import SITE_NAME, load_example
from register.faults import RegisterFault
from register.records import schema
from register.settings import example_file, register_url, sqlite_url
from register.store import Refused, open_register

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Actions and reviews: their register.")
REFUSED = 2
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.command()
def verify(
    head: Annotated[str, typer.Option(help="Head hash that was noted earlier: also finds whether the end was cut off.")] = "",
    as_json: AsJson = False,
) -> None:
    """Follow the chain of hashes. Exit 0 if it is sound, 2 with the first entry that is not otherwise."""
    with closing(open_register(make=False)) as register:
        verdict = register.verify(head.strip().lower())
    if as_json:
        print(json.dumps({"sound": verdict.sound, "entries": verdict.entries, "head": verdict.head, "fault": verdict.fault}))
    elif verdict.sound:
        print(f"Sound: {verdict.entries} entries. Keep this elsewhere, it vouches for all of them: {verdict.head}")
    else:
        print(f"Not sound: {verdict.fault}\nThe {verdict.entries} entries before it are sound.", file=sys.stderr)
    if not verdict.sound:
        raise typer.Exit(REFUSED)


@app.command("export")
def export(file: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; otherwise standard output.")] = None) -> None:
    """Write the whole register as JSON (docs/register.schema.json)."""
    with closing(open_register(make=False)) as register:
        if file is None:
            print(json.dumps(transfer.export(register), ensure_ascii=False, indent=1))
        else:
            print(f"{file}: {transfer.write_export(register, file)} entries.")


@app.command("import")
def take_in(file: Annotated[Path, typer.Argument(help="A file that export wrote.")]) -> None:
    """Put an exported register into an empty one, all or nothing."""
    with closing(open_register()) as register:
        print(f"{transfer.take_in(register, file)} entries are in the register now.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The copy to make; it must not be there yet.")]) -> None:
    """Copy an SQLite register, also while the dashboard runs, and check the copy."""
    with closing(open_register(make=False)) as register:
        verdict = transfer.backup(register, file)
    print(f"{file}: {verdict.entries} entries, sound. Head: {verdict.head}")


@app.command()
def upgrade() -> None:
    """Bring the tables of an older register to this version."""
    engine = database.connect(register_url())
    before, now = database.upgrade(engine)
    engine.dispose()
    print(f"The register is at step {now} already." if before == now else f"The register went from step {before or 'none'} to {now}.")


@app.command()
def example(
    release: Annotated[str, typer.Option(help="Release of the data that the example's reviews looked at.")] = "r0001",
) -> None:
    """Make the fictional Example Trust's register, in a file of its own."""
    with closing(open_register(sqlite_url(example_file()))) as register:
        count = load_example(register, datetime.now(UTC).date(), release)
    print(f"{SITE_NAME}: {count} entries in {example_file()}.\nTo see it: COMMON_GROUND_REGISTER=example make app")


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of an exported register."""
    print(json.dumps(schema(), indent=1, ensure_ascii=False))


def main() -> None:
    """Run a command; what can be told in words ends without a traceback."""
    try:
        app()
    except (RegisterFault, Refused) as fault:
        print(fault, file=sys.stderr)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
