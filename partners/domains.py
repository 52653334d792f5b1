"""Web domains of firms, told by their mail addresses."""

# The big public mail hosts: an address there says nothing about a firm.
PUBLIC_MAIL_HOSTS = frozenset(
    [
        "aol.com",
        "att.net",
        "bellsouth.net",
        "btinternet.com",
        "charter.net",
        "comcast.net",
        "cox.net",
        "earthlink.net",
        "fastmail.com",
        "frontier.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hey.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
        "juno.com",
        "live.com",
        "mac.com",
        "mail.com",
        "me.com",
        "msn.com",
        "netzero.net",
        "optimum.net",
        "optonline.net",
        "outlook.com",
        "pm.me",
        "proton.me",
        "protonmail.com",
        "roadrunner.com",
        "rocketmail.com",
        "sbcglobal.net",
        "t-online.de",
        "tutanota.com",
        "verizon.net",
        "web.de",
        "windstream.net",
        "yahoo.ca",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.de",
        "yahoo.fr",
        "yandex.com",
        "ymail.com",
        "zoho.com",
    ]
)


def domain_of(email: str) -> str:
    """Return the part after the @, lower-cased."""
    return email.rpartition("@")[2].strip().lower()


def own_domain(email: str) -> str:
    """Return the web domain that an address vouches for; empty on public mail hosts."""
    domain = domain_of(email)
    return "" if domain in PUBLIC_MAIL_HOSTS else domain
