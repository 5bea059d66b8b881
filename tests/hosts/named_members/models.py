from starterkit_users.models import AbstractUser, PhoneMixin, UsernameMixin


class Member(UsernameMixin, PhoneMixin, AbstractUser):
    class Meta(AbstractUser.Meta):
        pass
