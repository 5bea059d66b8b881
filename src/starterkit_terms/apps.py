from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class TermsConfig(ModuleConfig):
    """Documents, what people accepted of them, and the gate."""

    name = "starterkit_terms"
    verbose_name = _("terms")
    mount = "terms"
    component_prefix = "Terms"

    def ready(self) -> None:
        """Put up the gate, ask at sign-up, and answer for personal data."""
        # Models can be imported from here on, not before.
        from starterkit_core.ports import (  # noqa: PLC0415
            access_gates,
            personal_data,
            sign_up,
        )
        from starterkit_terms.gate import TermsGate  # noqa: PLC0415
        from starterkit_terms.personal_data import AcceptanceData  # noqa: PLC0415
        from starterkit_terms.sign_up import AcceptedTerms  # noqa: PLC0415

        access_gates.register(TermsGate())
        sign_up.register(AcceptedTerms())
        personal_data.register(AcceptanceData())
