"""Which of our companies a contract is with."""

COMPANIES = {"pt-br": "Exemplo Brasil Ltda."}
OTHERWISE = "Example Ltd."


def contracting_party(locale: str) -> str:
    """Return the company for users who read their contract in this language."""
    return COMPANIES.get(locale.lower(), OTHERWISE)
