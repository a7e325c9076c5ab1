"""A shop with one customer whose id and name can be found by searching bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import sqlalchemy as sa

from recommender.cli.main import run
from recommender.config import load_config
from recommender.release.shelf import Shelf
from service.records import schema
from service.records.migrate import open_records
from tests.conftest import copy_sample

RARE = "RX-77031"
NAME = "Zwirbelholz & Söhne"
CHANNEL = "portal of Zwirbelholz"
NEEDLES = (RARE.encode(), b"Zwirbelholz")
LINES = 6000
"""Of the sample's purchases: enough to learn from within seconds."""
ENDINGS = ("csv", "parquet", "xlsx")
THEIRS = ("customers.csv", "purchases.csv", "products.csv", "events.csv")
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def write_rare_shop(folder: Path) -> Path:
    """The config of a shop with one release, three lists and a row in every table of records."""
    config_path = copy_sample(folder)
    _rename_one(folder)
    assert run(["train", "--config", str(config_path)]) == 0
    for ending in ENDINGS:
        out = folder / "lists" / f"list.{ending}"
        out.parent.mkdir(exist_ok=True)
        assert run(["cross-sell", "-n", "2", "--config", str(config_path), "--out", str(out)]) == 0
    write_records(config_path)
    return config_path


def _rename_one(folder: Path) -> None:
    """The customer with the newest purchase; one of its rows is bad and one has blanks."""
    purchases = folder / "purchases.csv"
    head, *rows = purchases.read_text(encoding="utf-8").splitlines()
    rows = rows[-LINES:]
    column = head.split(",").index("customer_id")
    old = rows[-1].split(",")[column]
    for name in ("purchases.csv", "events.csv", "customers.csv"):
        path = folder / name
        kept = [head, *rows] if path == purchases else path.read_text("utf-8").splitlines()
        path.write_text("\n".join(_renamed(line, old) for line in kept) + "\n", encoding="utf-8")
    with purchases.open("a", encoding="utf-8") as file:
        file.write(_renamed(rows[-1], old).replace(RARE, f"  {RARE} ") + "\n")
        file.write(f"{RARE},{NAME}" + ",x" * head.count(",") + "\n")
    _add_channels(purchases)
    customers = folder / "customers.csv"
    head, *lines = customers.read_text("utf-8").splitlines()
    fields = head.split(",")
    own = next(line for line in lines if line.startswith(f"{RARE},"))
    text = customers.read_text("utf-8").replace(own, _named(fields))
    other = next(line for line in lines if line.startswith("0") and '"' not in line)
    cells = other.split(",")
    cells[fields.index("parent_id")] = RARE
    customers.write_text(text.replace(other, ",".join(cells)), encoding="utf-8")


def _add_channels(purchases: Path) -> None:
    """One way to order is the rare customer's alone, and bears its name."""
    head, *rows = purchases.read_text("utf-8").splitlines()
    ways = [CHANNEL if RARE in row else ("web", "phone")[i % 2] for i, row in enumerate(rows)]
    lines = [f"{head},channel", *(f"{row},{way}" for row, way in zip(rows, ways, strict=True))]
    purchases.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _renamed(line: str, old: str) -> str:
    return ",".join(RARE if cell == old else cell for cell in line.split(","))


def _named(fields: list[str]) -> str:
    values = {"customer_id": RARE, "name": NAME, "segment": "joinery", "rep": "Jonas Moos"}
    return ",".join(values.get(field, "") for field in fields)


def write_records(config_path: Path) -> None:
    """One row about the rare customer and one about another in every table of records."""
    database = open_records(load_config(config_path))
    with database.writing() as connection:
        for number, customer_id in enumerate((RARE, "00120")):
            for table, row in _rows(customer_id, number).items():
                connection.execute(schema.metadata.tables[table].insert().values(row))
        connection.execute(
            schema.events.insert().values(
                visitor_id="v0", product_id="P1", event="view", **_event()
            )
        )
        for ending in ENDINGS:
            path = f"lists/list.{ending}"
            _register(connection, path, str(Shelf(config_path.parent / "releases").current_name()))
        _register(connection, "lists/gone.csv", "long ago")
    database.close()


def _register(connection: sa.Connection, path: str, release: str) -> None:
    connection.execute(schema.lists.insert().values(path=path, release=release, written_at=AT))


def _event() -> dict[str, object]:
    return {"quantity": 1.0, "happened_at": AT, "recorded_by": "shop", "recorded_at": AT}


def _rows(customer_id: str, number: int) -> dict[str, dict[str, object]]:
    told = {"recorded_by": "rep", "recorded_at": AT, "customer_id": customer_id}
    text = f"{NAME} said so" if customer_id == RARE else "said so"
    on = date(2026, 11, 20)
    return {
        "permissions": told | {"purpose": "phone", "granted": False, "wording": text},
        "preferences": told
        | {"preference_id": f"p{number}", "about": "brand", "value": "Tannfels"}
        | {"stance": "likes", "words": text, "said_on": on, "source": "talk"},
        "complaints": told
        | {"complaint_id": f"c{number}", "text": text, "opened_on": on}
        | {"acknowledge_by": on, "due_on": on},
        "outcomes": told
        | {"recommendation_id": f"r{number}", "product_id": "P1", "outcome": "rejected"},
        "events": told
        | _event()
        | {"visitor_id": f"v{number}", "product_id": "P1"}
        | {"event": "view", "recorded_by": "shop"},
        "answered": {"caller": "shop", "idempotency_key": f"k{number}", "request_hash": b"h"}
        | {"status": 201, "body": f'{{"customer_id": "{customer_id}"}}'.encode()}
        | {"recorded_at": AT, "customer_id": None},
        "audit": {"at": AT, "caller": "rep", "action": "file", "noun": "complaint"}
        | {"about": f"c{number}", "customer_id": customer_id},
    }


def places_of(folder: Path) -> set[str]:
    """Files below the folder that hold id or name, leaving out the company's own."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name not in THEIRS]
    return {
        path.relative_to(folder).as_posix()
        for path in files
        if any(needle in content for content in _contents(path) for needle in NEEDLES)
    }


def _contents(path: Path) -> Iterator[bytes]:
    """The bytes of the file, and what is packed in them."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            yield from (book.read(name) for name in book.namelist())
    if path.suffix == ".parquet":
        yield pq.read_table(io.BytesIO(content)).to_pandas().to_csv().encode()
