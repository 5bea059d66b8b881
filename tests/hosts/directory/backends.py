"""What an LDAP backend does, without a server."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend

PEOPLE = {"grace@example.com": "directory password"}
ASKED = []


class DirectoryBackend(BaseBackend):
    def authenticate(self, request, username=None, password=None):
        ASKED.append(username)
        if password == "the server is down":
            raise ConnectionError
        if username not in PEOPLE or PEOPLE[username] != password:
            return None
        model = get_user_model()
        found = model.objects.filter(email=username).first()
        if found is None:
            found = model(email=username)
            found.set_unusable_password()
            found.save()
        return found


class RemoteBackend(BaseBackend):
    """It takes other credentials, so it is not asked."""

    def authenticate(self, request, remote_user):
        raise AssertionError
