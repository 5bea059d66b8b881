from collections.abc import Callable, Iterator

import pytest

from tests.production.clients import Client, Post, sign_up
from tests.production.deployment import Deployment
from tests.production.nginx import Nginx
from tests.production.programs import Postgres, is_installed


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The deployment of this process; each test leaves it as it found it."""
    for name in ("environs", "gunicorn", "psycopg", "redis", "django_tasks_db"):
        pytest.importorskip(name, reason=f"production needs {name}")
    if not is_installed("redis-server"):
        pytest.skip("redis-server is not installed")
    if Postgres.programs() is None:
        pytest.skip("initdb of PostgreSQL is not installed")
    with Deployment(tmp_path_factory.mktemp("deployment")) as deployment:
        yield deployment


@pytest.fixture(scope="session")
def nginx(
    deployment: Deployment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nginx]:
    """nginx before both servers of the deployment."""
    if not Nginx.is_installed():
        pytest.skip("nginx or openssl is not installed")
    with Nginx(deployment, tmp_path_factory.mktemp("nginx")) as nginx:
        yield nginx


@pytest.fixture(scope="session")
def post(deployment: Deployment) -> Post:
    return Post(deployment)


@pytest.fixture
def make_member(deployment: Deployment, post: Post) -> Callable[[], Client]:
    """``make_member()`` has signed up on one server, and is signed in."""

    def make() -> Client:
        client = Client(deployment.a.url)
        client.keep(sign_up(client).confirm(client, post))
        return client

    return make
