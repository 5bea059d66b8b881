"""``starterkit_addresses`` finds what a rule mixes up, and saves the keys after it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from starterkit_core.db.address_keys import AddressKeys
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.ports import address_keys
from starterkit_core.use_cases.save_address_keys import (
    SaveAddressKeys,
    SaveAddressKeysInput,
)
from starterkit_core.utils.emails import canonical_spelling
from tests.sample.models import Thing

RULE = "starterkit_core.addresses.known_providers"
KEYS = AddressKeys(model=Thing, address="note", key="name")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_things(monkeypatch):
    """Things have an address and its key; no other model is asked."""
    monkeypatch.setattr(address_keys, "_sources", {})
    address_keys.register("tests", lambda: [KEYS])


@pytest.fixture
def rule(tuner):
    tuner("STARTERKIT_CORE")(EMAIL_RULE=RULE)


def add(*addresses):
    """Save a thing for each address, with the key that it has without a rule."""
    rows = [Thing(note=it, name=canonical_spelling(it)) for it in addresses]
    return Thing.objects.bulk_create(rows)


def run(*arguments):
    out = StringIO()
    call_command("starterkit_addresses", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments):
    """Return what the command writes before it refuses, and why it does."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("starterkit_addresses", *arguments, stdout=out)
    assert error.value.returncode == 1
    return out.getvalue(), str(error.value)


def names():
    return sorted(rows_of(Thing).values_list("name", flat=True))


def test_without_a_rule_there_is_nothing_to_do():
    add("ada@gmail.com", "a.da@gmail.com")

    said = run()

    assert "2 rows; keys to save: 0; shared addresses: 0, of 0 accounts" in said


def test_lists_who_would_share_an_address_with_another_rule():
    [one, other, _] = add("ada@gmail.com", "A.da+x@gmail.com", "a.da@example.com")

    said, why = refused("--rule", RULE)

    assert "3 rows; keys to save: 1; shared addresses: 1, of 2 accounts" in said
    line = (
        f"'ada@gmail.com': {one.pk} ('ada@gmail.com'), {other.pk} ('A.da+x@gmail.com')"
    )
    assert line in said
    assert why == "Shared addresses: 1. No key was saved."


@pytest.mark.usefixtures("rule")
def test_lists_two_of_which_none_has_the_key_now():
    add("a.da@gmail.com", "ad.a@gmail.com")

    said, _ = refused()

    assert "keys to save: 2; shared addresses: 1, of 2 accounts" in said


@pytest.mark.usefixtures("rule")
def test_the_list_is_short_and_the_numbers_are_whole():
    add(*(f"ada+{number}@gmail.com" for number in range(7)))
    add("b.ob@gmail.com", "bo.b@gmail.com", "carol@gmail.com")

    said, why = refused("--list", "1")

    assert "shared addresses: 2, of 9 accounts" in said
    assert "and 2 more" in said
    assert "bob" not in said
    assert said.endswith("  …\n")
    assert why.startswith("Shared addresses: 2.")


@pytest.mark.usefixtures("rule")
def test_apply_is_refused_while_there_are_collisions():
    add("ada@gmail.com", "a.da@gmail.com", "bob+x@gmail.com")

    _, why = refused("--apply")

    assert "No key was saved" in why
    assert names() == ["a.da@gmail.com", "ada@gmail.com", "bob+x@gmail.com"]
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("rule")
def test_apply_saves_the_keys_and_records_how_many():
    add("a.da@gmail.com", "Bob+x@GMAIL.com", "c.arol@example.com")

    said = run("--apply")

    assert f"EMAIL_RULE: {RULE}" in said
    assert "sample.Thing: keys saved: 2" in said
    assert names() == ["ada@gmail.com", "bob@gmail.com", "c.arol@example.com"]
    event = AuditEvent.objects.get()
    assert event.action == "core.address_keys_saved"
    assert event.facts == {"model": "sample.Thing", "number": 2}


@pytest.mark.usefixtures("rule")
def test_apply_leaves_the_addresses_as_they_were_written():
    add("A.da@Gmail.com")

    run("--apply")

    assert Thing.objects.get().note == "A.da@Gmail.com"


@pytest.mark.usefixtures("rule")
def test_apply_may_be_repeated():
    add("a.da@gmail.com")
    run("--apply")

    said = run("--apply")

    assert "keys saved: 0" in said
    assert AuditEvent.objects.count() == 1


@pytest.mark.usefixtures("rule")
def test_apply_goes_through_all_batches():
    add(*(f"a.{letter}@gmail.com" for letter in "abcdefg"))

    said = run("--apply", "--batch-size", "3")

    assert "keys saved: 7" in said
    assert names() == [f"a{letter}@gmail.com" for letter in "abcdefg"]
    assert [it.facts["number"] for it in AuditEvent.objects.order_by("pk")] == [3, 3, 1]


@pytest.mark.usefixtures("rule")
def test_without_the_rule_again_the_former_keys_come_back(tuner):
    add("a.da@gmail.com")
    run("--apply")
    tuner("STARTERKIT_CORE")(EMAIL_RULE="")

    run("--apply")

    assert names() == ["a.da@gmail.com"]


@pytest.mark.usefixtures("rule")
def test_rows_without_a_usable_address_are_left_alone():
    Thing.objects.create(name="bare", note=None)
    Thing.objects.create(name="blank", note="")
    Thing.objects.create(name="odd", note="no address")

    said = run("--apply")

    assert "3 rows; keys to save: 0; shared addresses: 0" in said
    assert names() == ["bare", "blank", "odd"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--rule", RULE, "--apply"], "--apply saves keys by EMAIL_RULE"),
        (["--rule", "no.such.rule"], "no.such.rule cannot be imported"),
        (["--rule", f"{__name__}.canonical_spelling"], "fails for"),
    ],
)
def test_refuses_what_is_no_rule_to_go_by(arguments, why):
    _, said = refused(*arguments)

    assert why in said


@pytest.mark.usefixtures("rule")
def test_rows_that_come_in_pages_are_all_compared(monkeypatch):
    monkeypatch.setattr("starterkit_core.services.address_collisions.PAGE", 2)
    add("ada@gmail.com", "bob@gmail.com", "carol@gmail.com", "a.da@gmail.com")

    said, _ = refused()

    assert "4 rows; keys to save: 1; shared addresses: 1, of 2 accounts" in said


@pytest.mark.usefixtures("rule")
def test_hashes_that_meet_are_no_collision(monkeypatch):
    monkeypatch.setattr("starterkit_core.services.address_collisions.BITS", 8)
    add(*(f"ada{number}@gmail.com" for number in range(20)))

    assert "shared addresses: 0" in run()


@pytest.mark.usefixtures("rule")
def test_two_queries_for_a_batch_without_a_change(django_assert_num_queries):
    add("ada@gmail.com")

    with django_assert_num_queries(3):  # SAVEPOINT, the page, RELEASE
        SaveAddressKeys.execute(SaveAddressKeysInput(keys=KEYS, batch_size=10))


class Meanwhile(SaveAddressKeys):
    """Another request is faster than the lock."""

    def outdated(self, page):
        found = super().outdated(page)
        self.act()
        return found


class AddressChanges(Meanwhile):
    def act(self):
        rows_of(Thing).filter(note="a.da@gmail.com").update(note="g.race@gmail.com")


class AccountIsMade(Meanwhile):
    def act(self):
        Thing.objects.create(name="ada@gmail.com", note="ada@gmail.com")


@pytest.fixture
def override(settings):
    """``override(use_case)`` replaces the act, as a project may."""

    def replace(use_case):
        path = f"{__name__}.{use_case.__name__}"
        settings.STARTERKIT_OVERRIDES = {SaveAddressKeys.key: path}

    return replace


@pytest.mark.usefixtures("rule")
def test_an_address_that_changes_meanwhile_gets_its_own_key(override):
    add("a.da@gmail.com")
    override(AddressChanges)

    run("--apply")

    assert names() == ["grace@gmail.com"]


@pytest.mark.usefixtures("rule")
def test_an_account_that_is_made_meanwhile_ends_it_without_a_change(override):
    add("a.da@gmail.com", "bob+x@gmail.com")
    override(AccountIsMade)

    _, why = refused("--apply")

    assert why == "A shared address is new: try again."
    assert names() == ["a.da@gmail.com", "bob+x@gmail.com"]
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("rule")
@pytest.mark.django_db(transaction=True)
def test_several_runs_at_once_save_each_key_once(at_once):
    add(*(f"a.{number}@gmail.com" for number in range(50)))
    given = SaveAddressKeysInput(keys=KEYS, batch_size=100)

    done = at_once(3, lambda number: SaveAddressKeys.execute(given).saved)

    assert names() == sorted(f"a{number}@gmail.com" for number in range(50))
    assert sorted(done) == [0, 0, 50]
    assert AuditEvent.objects.count() == 1
