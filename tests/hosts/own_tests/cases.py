"""Tests as a host writes them, for ``manage.py test``."""
# ruff: noqa: PT009  # as unittest has it

from datetime import timedelta

import time_machine
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import TestCase, override_settings
from django.utils import timezone, translation

from starterkit_auth.v1.config.get.use_case import ReadConfig
from starterkit_core.testing.cases import ApiTestMixin

SESSION = "/api/auth/v1/session/"
WRONG = {"email": "ada@example.com", "password": "wrong"}


class AppsOnly(ReadConfig):
    """An override of the host."""

    def transports(self):
        return ["bearer"]


class Base(ApiTestMixin, TestCase):
    def setUp(self):
        """Call no ``super()``, as tests do."""


class Limits(Base):
    def use_up(self):
        answers = [self.client.post(SESSION, WRONG).status_code for _ in range(11)]
        self.assertEqual(answers, [401] * 10 + [429])

    def test_the_first_test_uses_up_a_limit(self):
        self.use_up()

    def test_the_second_test_finds_nothing_of_it(self):
        self.use_up()


class Languages(Base):
    def look(self):
        self.assertEqual(translation.get_language(), "en")
        self.client.get("/api/users/v1/me/", HTTP_ACCEPT_LANGUAGE="pt-br")
        translation.activate("pt-br")

    def test_the_first_test_activates_another_language(self):
        self.look()

    def test_the_second_test_finds_nothing_of_it(self):
        self.look()


class Requests(Base):
    def test_a_user_is_signed_in(self):
        user = get_user_model().objects.create_user(email="ada@example.com")
        self.client.force_authenticate(user)

        answer = self.client.get("/api/users/v1/me/")

        self.assertEqual(answer.json()["email"], "ada@example.com")

    def test_mails_are_sent_though_the_test_commits_nothing(self):
        body = {"email": "ada@example.com", "password": "lighthouse-keeper-7"}

        answer = self.client.post("/api/auth/v1/registration/", body)

        self.assertEqual(answer.status_code, 202)
        self.assertEqual([it.to for it in mail.outbox], [["ada@example.com"]])

    @override_settings(
        STARTERKIT_OVERRIDES={"starterkit_auth.v1.config.get": f"{__name__}.AppsOnly"}
    )
    def test_an_override_is_active(self):
        answer = self.client.get("/api/auth/v1/config/")

        self.assertEqual(answer.json()["transports"], ["bearer"])

    def test_a_limit_is_over_after_its_time(self):
        for _ in range(11):
            self.client.post(SESSION, WRONG)

        with time_machine.travel(timezone.now() + timedelta(minutes=31)):
            answer = self.client.post(SESSION, WRONG)

        self.assertEqual(answer.status_code, 401)
