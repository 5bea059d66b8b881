import pytest
from django.contrib.auth import get_user_model

from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_terms.models import acceptance_model

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def ada(person, published):
    person.sign_up(accepted_terms=published["acceptances"])
    person.confirm()
    return get_user_model().objects.get()


@pytest.mark.parametrize("leave", [personal_data.erase, get_user_model().delete])
def test_a_user_who_leaves_is_forgotten_in_the_other_database(ada, leave):
    key = str(ada.pk)
    assert personal_data.export(ada)["audit"]

    leave(ada)

    events = AuditEvent.objects.using("identity").filter(action__startswith="auth.")
    acceptance = acceptance_model().objects.using("identity").get()
    assert all(key not in {event.actor_id, event.subject_id} for event in events)
    assert {event.address for event in events} == {""}
    assert (acceptance.user, acceptance.address) == (None, "")
