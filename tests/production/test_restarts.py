"""A server is replaced under a small load: behind nginx no request is lost."""

import pytest

from tests.production.clients import Client
from tests.production.load import Load, summary

pytestmark = pytest.mark.slow


def restart_without_requests(nginx, server):
    with nginx.without(server):
        restart(nginx, server)


def reload(nginx, server):
    server.reload()


def restart(nginx, server):
    server.stop()
    server.start()


@pytest.mark.parametrize("replace", [restart_without_requests, reload, restart])
def test_no_request_is_lost_and_none_has_two_effects(
    deployment, nginx, make_member, post, replace
):
    visitors = [Client(nginx.url, trust=nginx.trust) for _ in range(2)]
    members = [make_member().through(nginx) for _ in range(4)]

    with Load(deployment, visitors, members) as load:
        load.wait_until_all_is_usual()
        for server in (deployment.a, deployment.b):
            replace(nginx, server)
            load.wait_until_all_is_usual()

    print(summary(load.calls), f"longest {load.longest():.1f} s")  # noqa: T201  # measured
    lost = [call for call in load.undocumented(()) if not is_unclear(call, replace)]
    assert lost == []
    assert set(load.mails(post)) == {1}
    assert set(load.confirmed(post)) == {1}
    assert set(load.saved(accepted=True)) == {1}
    assert set(load.saved(accepted=False)) <= {0, 1}
    assert load.signed_out() == []


def is_unclear(call, replace):
    """Return whether the server had this POST when it closed its socket."""
    return replace is restart and call.kind != "me" and call.answer.status == 502
