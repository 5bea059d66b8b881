"""Owners who come back, by a sign-in of whatever kind."""

import pytest

from starterkit_users import returning

pytestmark = pytest.mark.django_db


def test_a_sign_in_to_an_active_account_costs_no_query(user, django_assert_num_queries):
    with django_assert_num_queries(0):
        returning.reopen(type(user), user)
