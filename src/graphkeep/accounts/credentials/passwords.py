"""Password hashing: Argon2id with the costs that OWASP names, a few at a time to bound memory."""

import threading
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

AT_ONCE = threading.BoundedSemaphore(2)


class BoundedArgon2Hasher(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with AT_ONCE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with AT_ONCE:
            return super().verify(password, encoded)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """No-op: Argon2 takes the same time for every password at the same cost."""

    def params(self) -> Any:
        return super().params()


class GuessedPasswordValidator:
    """Validator that refuses the passwords an attacker tries first: breached passwords, names, dates, keyboard walks.

    The lists are zxcvbn's own (Wheeler, USENIX Security 2016) and part of the installation.
    """

    MIN_SCORE = 3
    MAX_LENGTH = 72  # the estimate is quadratic in length; the rest can only help

    def validate(self, password: str, user: Any = None) -> None:
        context = ["graphkeep"]
        for name in ("username", "email", "name"):
            context += str(getattr(user, name, "") or "").replace("@", " ").split()
        estimate = zxcvbn(password[: self.MAX_LENGTH], user_inputs=context)
        if estimate["score"] < self.MIN_SCORE:
            warning = (
                estimate["feedback"]["warning"] or "It is among the first that an attacker tries"
            )
            raise ValidationError(
                f"This password is easy to guess: {warning.rstrip('.')}. Use several words that do not "
                "belong together, or a password manager.",
                code="password_guessed",
            )

    def get_help_text(self) -> str:
        return "Not a common, breached or easily guessed one."
