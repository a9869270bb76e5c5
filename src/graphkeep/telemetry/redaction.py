"""Redaction: logs, traces and support bundles without secrets, at every level.

Two filters: the values of this server's own secrets are removed wherever they occur; anything that looks like a
secret is removed by its pattern, because a request or a library may bring one that the server does not know.
"""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

HIDDEN = "[hidden]"
MIN_SECRET_LENGTH = 6  # a shorter value is no secret, and removing it would garble every line

NAMES = (
    r"pass(?:word|wd|phrase)?\d?|password_again|pwd|secret|(?:access|refresh|id|csrf|csrfmiddleware)?_?token"
    r"|csrfmiddlewaretoken|api_?key|sessionid|session_?key|graphistry_jwt|csrftoken|jwt|cookie|seed|otp"
    r"|private_?key|signing_?key|encryption_?keys?|recovery_?codes?|client_?secret|credentials?"
)
HEADERS = r"authorization|proxy-authorization|cookie|set-cookie|x-csrftoken|x-vault-token|x-api-key"

PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), replacement)
    for pattern, replacement in (
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", HIDDEN),
        (r"(?i)AGE-SECRET-KEY-1[0-9A-Z]{8,}", HIDDEN),
        # Headers as lines, as a dict's items and as ASGI's pairs of bytes.
        (rf"(?i)^([<>] |\s*)?({HEADERS}):[ \t]*[^\r\n]+", rf"\1\2: {HIDDEN}"),
        (
            rf"""(?i)(['"])({HEADERS})\1(\s*[:,]\s*b?)(['"])(?:\\.|(?!\4).)*\4""",
            rf"\1\2\1\3\4{HIDDEN}\4",
        ),
        (rf"(?i)\b({HEADERS}): [^\r\n'\"]+", rf"\1: {HIDDEN}"),
        (
            r"(?i)\b(bearer|basic|personalkey|pass|jwt|token)([ .])(?=[^\s'\",;]*[\d=_-])[\w.~+/=:-]{8,}",
            rf"\1\2{HIDDEN}",
        ),
        (r"\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?", HIDDEN),
        (r"\b[A-Z0-9]{10}:[\w-]{16,}", HIDDEN),
        (r"\b(\w[\w+.-]*://[^/\s:@'\"]*):[^@/\s'\"]+@", rf"\1:{HIDDEN}@"),
        (r"\bgk1\.[0-9a-f]{8}\.[\w=-]+|\bgAAAA[\w=-]{20,}", HIDDEN),
        (r"\b(?:argon2)?\$?argon2(?:id|i|d)\$[^\s'\"]+|\bpbkdf2_sha\d+\$[^\s'\",]+", HIDDEN),
        (
            rf"""(?i)(?<![A-Za-z])((?:\w*_)?(?:{NAMES})['"]?\s*(?:=>|[:=])\s*\[?b?)(['"])(?:\\.|(?!\2).)*\2""",
            rf"\1\2{HIDDEN}\2",
        ),
        (
            rf"""(?i)(?<![A-Za-z])((?:\w*_)?(?:{NAMES})['"]?\s*(?:=>|[:=])\s*)(?!['"\[])[^\s'",;&)}}]+""",
            rf"\1{HIDDEN}",
        ),
        (r"(?i)([?&#;](?:code|key|k|t|sig|signature|state)=)[^\s&#'\"]+", rf"\1{HIDDEN}"),
        (r"(?i)(/(?:invitation|single-use|reset/key|share|links?)/)[\w.-]{10,}", rf"\1{HIDDEN}"),
        (r"(?i)\b(codes?\b\W{0,3})\d{6,8}\b", rf"\1{HIDDEN}"),
        # A long mixed-case path segment may be a link's token without a digit.
        (r"(?<=/)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{20,}(?![\w.-])", HIDDEN),
        # Long random runs of mixed letters and digits; our own ids are plain hex.
        (r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{20,}(?![\w-])", HIDDEN),
        (r"\b(?=[A-Z]*[2-7])[A-Z2-7]{26,}\b", HIDDEN),
        (r"(?<![\w/.-])(?=[a-z]*\d)(?=[0-9a-f]*[g-z])[a-z0-9]{26,}(?![\w-])", HIDDEN),
        (r"(?<![\w+/=])(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])(?=[\w+/-]*\d)[A-Za-z0-9+/]{40,}={1,2}", HIDDEN),
    )
)  # fmt: skip


class Redactor:
    """Redacts the given secrets, and whatever matches the pattern of a secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in encoded_forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self.known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def redact(self, text: str) -> str:
        if self.known is not None:
            text = self.known.sub(HIDDEN, text)
        for pattern, replacement in PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def contains_secret(self, data: bytes) -> bool:
        """Whether these bytes contain one of the given secrets."""
        return self.known is not None and bool(self.known.search(data.decode("latin-1")))


def encoded_forms(secret: str) -> set[str]:
    """A secret as it is written in URLs, headers and lists."""
    parts = {secret, *(part.strip() for part in secret.split(","))}
    if "://" in secret:
        try:
            password = urlsplit(secret).password or ""
        except ValueError:
            password = ""
        parts |= {password, unquote(password)}
    forms = {part for part in parts if len(part) >= MIN_SECRET_LENGTH}
    base64_forms = {base64.b64encode(part.encode()).decode().rstrip("=") for part in forms}
    return forms | {quote(part, safe="") for part in forms} | base64_forms
