from tests.hosts.transcript import *  # noqa: F403  # the fixture


def test_the_api_answers(transcript):
    assert "HTTP 500" not in transcript
