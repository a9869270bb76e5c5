"""Django's settings; each of ours is declared here once, with its type, default and help."""

import os
from pathlib import Path

import dj_database_url

from graphkeep.server.env import ConfigurationError, Environment, home_folder

env = Environment(home_folder(), os.environ)

HOME: Path = env.home
DATA_DIR = HOME / "data"
STORE_DIR = DATA_DIR / "graphs"
UPLOAD_DIR = DATA_DIR / "uploads"
TMP_DIR = DATA_DIR / "tmp"
FRAMES_DIR = DATA_DIR / "frames"

# --- secrets ---------------------------------------------------------------------------------
SECRET_KEY = env.text(
    "DJANGO_SECRET_KEY", secret=True, help="Signs sessions and tokens. Made at first start."
)
SECRET_KEY_FALLBACKS = [
    one
    for one in env.text(
        "DJANGO_SECRET_KEY_FALLBACKS",
        secret=True,
        help="Former keys, separated by commas, that still verify sessions.",
    ).split(",")
    if one
]
GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = env.text(
    "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS",
    secret=True,
    help="Encrypt stored secrets: 32 random bytes in base64, newest first, separated by commas.",
)
GRAPHISTRY_NEXUS_SIGNING_KEY = env.text(
    "GRAPHISTRY_NEXUS_SIGNING_KEY", secret=True, help="Signs connector management requests."
)
GRAPHISTRY_NEXUS_SIGNING_SALT = env.text(
    "GRAPHISTRY_NEXUS_SIGNING_SALT", secret=True, help="The salt of the signing key."
)

# --- web -------------------------------------------------------------------------------------
DEBUG = env.flag("GRAPHKEEP_DEBUG", default=False, help="Show tracebacks in the browser.")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(
        None,
        env.text(
            "GRAPHKEEP_ALLOWED_HOSTS",
            help="Host names that the server answers to besides localhost, separated by commas.",
        ).split(","),
    ),
]
UPLOAD_MAX_SIZE = env.size("UPLOAD_MAX_SIZE", default="1G", help="The largest upload body.")
BODY_MAX_SIZE = 2 << 20
COOKIE_SECURE = env.flag("COOKIE_SECURE", default=False, help="Send cookies over TLS only.")
COOKIE_SAMESITE = env.choice(
    "COOKIE_SAMESITE",
    ("Lax", "Strict", "None"),
    default="Lax",
    help="When browsers send the cookies from other sites; None needs COOKIE_SECURE=true.",
)
if COOKIE_SAMESITE == "None" and not COOKIE_SECURE:
    raise ConfigurationError(
        "COOKIE_SAMESITE=None needs COOKIE_SECURE=true: browsers refuse such cookies over plain HTTP."
    )
SESSION_COOKIE_AGE = env.integer(
    "SESSION_COOKIE_AGE", default=1209600, help="How long a browser stays signed in, in seconds."
)

# --- accounts --------------------------------------------------------------------------------
JWT_EXPIRATION_DELTA = env.integer(
    "JWT_EXPIRATION_DELTA", default=3600, help="How long an API token lives, in seconds."
)
JWT_REFRESH_EXPIRATION_DELTA = env.integer(
    "JWT_REFRESH_EXPIRATION_DELTA",
    default=86400,
    help="How long after its first issue an API token can be refreshed, in seconds.",
)
JWT_ALLOW_REFRESH = env.flag(
    "JWT_ALLOW_REFRESH", default=True, help="Whether API tokens can be refreshed."
)
IS_SIGNUPS_OPEN_AFTER_FIRST = env.flag(
    "IS_SIGNUPS_OPEN_AFTER_FIRST",
    default=False,
    help="Whether people can sign up by themselves after the first account.",
)
ADMIN_INIT_USERNAME = env.text(
    "ADMIN_INIT_USERNAME", help="The first Admin's user name, made before the first start."
)
ADMIN_INIT_PASSWORD = env.text(
    "ADMIN_INIT_PASSWORD", secret=True, help="The first Admin's password; better by its _FILE form."
)
DEFAULT_PRIVACY = env.choice(
    "GRAPHKEEP_DEFAULT_PRIVACY",
    ("public", "organization", "private"),
    default="public",
    help="Who sees a new dataset: public means anyone who has its unguessable address.",
)

# --- uploads and layout ----------------------------------------------------------------------
_HALF_MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
GRAPHKEEP_IMPORT_MEMORY = env.size(
    "GRAPHKEEP_IMPORT_MEMORY",
    default="0",
    help="Memory of the process that parses one upload; 0 is the smaller of 4G and half of the RAM.",
) or min(4 << 30, _HALF_MEMORY)
GRAPHKEEP_IMPORT_TIMEOUT = env.integer(
    "GRAPHKEEP_IMPORT_TIMEOUT", default=120, help="Seconds that parsing one upload may take."
)
GRAPHKEEP_ALLOW_UNJAILED = env.flag(
    "GRAPHKEEP_ALLOW_UNJAILED",
    default=False,
    help="Parse uploads even where neither seccomp nor Landlock can confine the parser.",
)
GRAPH_PLAY_TIMEOUTMS = env.integer(
    "GRAPH_PLAY_TIMEOUTMS",
    default=60000,
    help="The longest continuous layout run, in milliseconds.",
)
LOG_LEVEL = env.choice(
    "LOG_LEVEL",
    ("DEBUG", "INFO", "WARNING", "ERROR"),
    default="INFO",
    help="How much the server logs.",
)

# --- database --------------------------------------------------------------------------------
DATABASE_URL = env.text(
    "DATABASE_URL", secret=True, help="A PostgreSQL address; SQLite below data/ when it is empty."
)
DATABASE_POOL_SIZE = env.integer(
    "GRAPHKEEP_DATABASE_POOL_SIZE",
    default=10,
    help="Connections to PostgreSQL that each process of the server may hold.",
)
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
    # Requests run in threads of their own: without a pool, a crowd would exhaust the database.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL_SIZE,
        "timeout": 60,
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "db.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
            "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Django itself ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "allauth",
    "allauth.account",
    "graphkeep.accounts",
    "graphkeep.jobs",
    "graphkeep.datasets",
    "graphkeep.server",
]
SITE_ID = 1
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["graphkeep.accounts.passwords.BoundedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_EMAIL_VERIFICATION = "none"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/datasets/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "graphkeep.server.headers.protect",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "graphkeep.server.headers.allow_origins",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "graphkeep.server.urls"
ASGI_APPLICATION = "graphkeep.server.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).parent / "static"
WHITENOISE_ROOT = Path(__file__).parent / "public"
WHITENOISE_IMMUTABLE_FILE_TEST = r"/static/workbench/assets/"
WORKBENCH_DIR = STATIC_ROOT / "workbench"
USE_TZ = True
LANGUAGE_CODE = "en"

SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIE_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = COOKIE_SAMESITE
JWT_COOKIE_NAME = "graphistry_jwt"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_MAX_SIZE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "uvicorn.access": {"level": "WARNING"},
        "numba": {"level": "WARNING"},
        "asyncio": {"level": "WARNING"},
    },
}
