"""Facts: what people told, as the engine hears it; of one customer and of all the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender import told as engine
from recommender.config import ComplaintsSection, PermissionsSection, load_config
from recommender.suggest.facts import (
    Facts,
    FreshInterest,
    FreshPurchase,
    LastOutcome,
    OutcomeName,
    Stated,
)
from recommender.told import ToldOutcome
from service.records.batch import BatchFacts
from service.records.complaints import Filing, file_complaint, reopen, resolve
from service.records.consents import Consents
from service.records.database import Database
from service.records.events import Event, EventName, record_events
from service.records.facts import INTEREST_DAYS, MOST_INTEREST, AllFacts, facts_of
from service.records.forgotten import forget_customer
from service.records.outcomes import Outcome, record_outcome
from service.records.permissions import Said, record_permissions
from service.records.preferences import record_preference, withdraw_preference
from service.records.schema import forgotten, lists, secrets
from service.records.times import now
from service.records.told import RecordsTold, open_told

TODAY = date(2026, 11, 24)
DATA_UNTIL = datetime(2026, 11, 20, tzinfo=UTC)


def facts(database: Database, customer_id: str) -> Facts:
    """Of one; a book of all says the same."""
    asked: Any = (int(DATA_UNTIL.timestamp()), TODAY)
    with database.reading() as connection:
        one = facts_of(connection, Consents(PermissionsSection()), customer_id, *asked)
        all_at_once = AllFacts(connection, Consents(PermissionsSection()), *asked)
        batch = BatchFacts(connection, PermissionsSection(), *asked)
        for book in (all_at_once, batch, batch.some(["C2", customer_id])):
            other = book.of(customer_id)
            assert _without_consent(one) == _without_consent(other)
            for consent in (other.consent, batch.consent):
                assert one.consent.may_personalise("C1") == consent.may_personalise("C1")
    return one


def _without_consent(found: Facts) -> dict[str, Any]:
    return {name: value for name, value in vars(found).items() if name != "consent"}


def stated(value: str, stance: Any, day: int) -> Stated:
    return Stated("category", value, stance, None, date(2026, 6, day), "talk")


def outcome(product_id: str, word: OutcomeName, **more: Any) -> Outcome:
    about: dict[str, Any] = {
        "recommendation_id": "r",
        "customer_id": "C1",
        "reason": None,
        "until": None,
        "kind": "new",
        "source": "personal",
        "release": "abcd",
        "rep": None,
    }
    return Outcome(product_id=product_id, outcome=word, **(about | more))


def event(word: EventName, at: datetime, product_id: str = "P1", quantity: float = 2.0) -> Event:
    return Event("C1", None, product_id, word, quantity, at)


def test_of_whom_nothing_was_told_the_config_speaks(database: Database) -> None:
    found = facts(database, "C1")
    assert (found.contact, found.today) == (("phone", "post"), TODAY)
    assert found.consent.may_personalise("C1")
    assert found.stated == found.complaints == found.outcomes == found.purchases == ()


def test_a_withdrawn_permission_is_a_fact(database: Database) -> None:
    with database.writing() as connection:
        said = Said({"personalisation": False, "phone": False}, None, None)
        record_permissions(connection, "C1", said, "x")
    found = facts(database, "C1")
    assert found.contact == ("post",)
    assert not found.consent.may_personalise("C1")
    assert found.consent.may_personalise("C2")


def test_of_two_words_about_a_thing_the_newer_one_counts(database: Database) -> None:
    with database.writing() as connection:
        for words in (
            stated("Glue", "likes", 3),
            stated("Glue", "dislikes", 2),
            stated("Blades", "needs", 1),
        ):
            record_preference(connection, "C1", words, "x")
        gone = record_preference(connection, "C1", stated("Blades", "dislikes", 9), "x")
        withdraw_preference(connection, gone.preference_id)
        record_preference(connection, "C2", stated("Glue", "dislikes", 9), "x")
    assert facts(database, "C1").stated == (
        stated("Glue", "likes", 3),
        stated("Blades", "needs", 1),
    )


def test_only_open_complaints_are_facts(database: Database) -> None:
    filing, days = Filing("P1", None, "Broke.", date(2026, 6, 1)), ComplaintsSection()
    with database.writing() as connection:
        filed = [file_complaint(connection, "C1", filing, days, "x") for _ in range(3)]
        resolve(connection, filed[0].complaint_id, "Replaced.")
        resolve(connection, filed[1].complaint_id, "Replaced.")
        reopen(connection, filed[1].complaint_id)
    found = facts(database, "C1").complaints
    assert {c.complaint_id for c in found} == {filed[1].complaint_id, filed[2].complaint_id}
    assert {(c.product_id, c.text, c.due_on) for c in found} == {
        ("P1", "Broke.", date(2026, 6, 15))
    }


def test_the_last_word_on_a_product_counts_and_showing_it_is_no_word(database: Database) -> None:
    until = date(2026, 12, 24)
    with database.writing() as connection:
        for said in (
            outcome("P1", "accepted"),
            outcome("P1", "snoozed", until=until, reason="not_now"),
            outcome("P2", "lost"),
            outcome("P1", "shown"),
            outcome("P3", "shown"),
            outcome("P1", "won", customer_id="C2", recommendation_id="other"),
            outcome("P1", "won", customer_id=None, recommendation_id="nobody's"),
        ):
            record_outcome(connection, said, "x")
    lost, snoozed = facts(database, "C1").outcomes
    assert (lost.product_id, lost.outcome) == ("P2", "lost")
    assert snoozed == LastOutcome("P1", "snoozed", "not_now", until, snoozed.at)


def test_purchases_newer_than_the_release_are_fresh_and_returns_count_down(
    database: Database,
) -> None:
    second = timedelta(seconds=1)
    with database.writing() as connection:
        happened = [
            event("purchase", DATA_UNTIL - second),
            event("purchase", DATA_UNTIL),
            event("return", DATA_UNTIL + second),
        ]
        record_events(connection, happened, "x")
    assert facts(database, "C1").purchases == (
        FreshPurchase("P1", -2.0, DATA_UNTIL + second),
        FreshPurchase("P1", 2.0, DATA_UNTIL),
    )


def test_interest_is_fresh_for_sixty_days(database: Database) -> None:
    edge = datetime(2026, 11, 24, tzinfo=UTC) - timedelta(INTEREST_DAYS)
    with database.writing() as connection:
        happened = [
            event("view", edge - timedelta(seconds=1)),
            event("view", edge),
            event("quote", DATA_UNTIL),
        ]
        record_events(connection, happened, "x")
    assert facts(database, "C1").interest == (
        FreshInterest("P1", "quote", DATA_UNTIL),
        FreshInterest("P1", "view", edge),
    )


def test_a_robots_views_are_bounded(database: Database) -> None:
    with database.writing() as connection:
        record_events(connection, [event("view", DATA_UNTIL)] * (MOST_INTEREST + 5), "x")
    assert len(facts(database, "C1").interest) == MOST_INTEREST


def test_the_batch_run_sees_one_moment_however_long_it_takes(database: Database) -> None:
    told, until = told_by(database), int(DATA_UNTIL.timestamp())
    with told.facts(until, TODAY) as book:
        assert book.of("C1").contact == ("phone", "post")
        with database.writing() as connection:
            refused = Said({"phone": False, "personalisation": False}, None, None)
            record_permissions(connection, "C1", refused, "x")
            record_outcome(connection, outcome("P1", "lost"), "x")
        assert book.some(["C1"]).of("C1").contact == ("phone", "post")
        assert book.consent.may_personalise("C1")
        assert book.of("C1").outcomes == ()
    with told.facts(until, TODAY) as book:
        assert book.of("C1").contact == ("post",)
        assert not book.consent.may_personalise("C1")


def test_the_batch_run_obeys_the_last_word_and_forgets_the_forgotten(database: Database) -> None:
    with database.writing() as connection:
        for granted in (False, True, False):
            record_permissions(
                connection, "C1", Said({"personalisation": granted}, None, None), "x"
            )
        for granted in (False, True):
            record_permissions(
                connection, "C2", Said({"personalisation": granted}, None, None), "x"
            )
        record_permissions(connection, "C3", Said({"phone": False}, None, None), "x")
        forget_customer(connection, "C3")
    with told_by(database).facts(0, TODAY) as book:
        assert [book.consent.may_personalise(c) for c in ("C1", "C2", "C3")] == [False, True, True]
        assert book.of("C3").contact == ("phone", "post")


def told_by(database: Database) -> RecordsTold:
    return RecordsTold(database, PermissionsSection())


def test_the_engine_hears_the_same(database: Database) -> None:
    with database.writing() as connection:
        record_permissions(connection, "C1", Said({"personalisation": False}, None, None), "x")
        record_outcome(connection, outcome("P1", "shown"), "x")
        record_outcome(connection, outcome("P1", "won"), "x")
        record_outcome(connection, outcome("P9", "won", customer_id=None), "x")
    told: engine.Told = told_by(database)
    assert not told.consent().may_personalise("C1")
    heard = told.outcomes()
    assert [(o.customer_id, o.product_id, o.outcome) for o in heard] == [
        ("C1", "P1", "shown"),
        ("C1", "P1", "won"),
    ]
    assert isinstance(heard[0], ToldOutcome)
    with told.facts(int(DATA_UNTIL.timestamp()), TODAY) as book:
        assert book.of("C1").outcomes[0].outcome == "won"


def test_a_list_is_remembered_once(database: Database, tmp_path: Path) -> None:
    told = told_by(database)
    for release in ("first", "second"):
        told.wrote_list(tmp_path / "list.csv", release)
    with database.reading() as connection:
        rows = connection.execute(lists.select()).all()
    assert [(row.path, row.release) for row in rows] == [(str(tmp_path / "list.csv"), "second")]


def test_who_was_forgotten_is_known_by_a_keyed_hash_alone(database: Database) -> None:
    assert not told_by(database).is_forgotten("C1")
    digest = bytes.fromhex("c08ffd52c974e79a6445fedb5c2a93528e21c04d0101d2dc3777485fcd9b63ea")
    with database.writing() as connection:
        connection.execute(secrets.insert().values(name="forgotten", value=b"k" * 32))
        connection.execute(forgotten.insert().values(customer_hash=digest, forgotten_at=now()))
    told = told_by(database)
    assert told.is_forgotten("C1")
    assert not told.is_forgotten("C2")


def test_without_records_nothing_was_told(tmp_path: Path) -> None:
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "p.csv"\n[permissions]\nphone = false\n')
    assert open_told(load_config(path)) is None
    assert [file.name for file in tmp_path.iterdir()] == ["recommender.toml"]


@pytest.mark.parametrize("default", [True, False])
def test_defaults_come_from_the_config(database: Database, default: bool) -> None:
    told = RecordsTold(database, PermissionsSection(personalisation=default))
    assert told.consent().may_personalise("anyone") is default
