"""What a person consents to and declares when signing. A new wording gets a new version; old ones stay for what was signed under them."""

CONSENT_VERSION = "1.0"
CONSENT = {
    "1.0": (
        "I agree to read, sign and keep this agreement electronically. I can open and save electronic records, I can ask for a copy on"
        " paper from the other firm, and I can stop at any time before I sign."
    )
}

AUTHORITY = "I am authorised to bind {firm} as its {title}."

PROCESS = (
    "The person signed in to an account with a confirmed email address, was shown the whole text, agreed to deal with it electronically,"
    " proved again within five minutes who they are, typed their name and title, stated their authority, and chose “I sign and agree to be"
    " bound”. The signature points to the SHA-256 of exactly that text."
)
