"""Django's settings; each of ours is declared here once, with its type, default and help."""

import logging
import os
from dataclasses import replace
from pathlib import Path

import dj_database_url

from graphkeep.server.config.addresses import loopback_url, parse_address, parse_listen
from graphkeep.server.config.cron import parse_schedule
from graphkeep.server.config.env import LIVE, Environment, home_folder, parse_domain
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.telemetry.logs import FORMATS, LEVELS, declared_secrets, open_log

env = Environment(home_folder(), os.environ)

HOME: Path = env.home
DATA_DIR = HOME / "data"
STORE_DIR = DATA_DIR / "graphs"
UPLOAD_DIR = DATA_DIR / "uploads"
TMP_DIR = DATA_DIR / "tmp"
FRAMES_DIR = DATA_DIR / "frames"
COPIES_DIR = DATA_DIR / "cache/graphs"

# --- secrets ---------------------------------------------------------------------------------
env.section("Secrets")
SECRET_KEY = env.text(
    "DJANGO_SECRET_KEY",
    secret=True,
    help="Signs sessions and tokens. Made at first start.",
    guards="Who has it forges sessions and tokens.",
)
SECRET_KEY_FALLBACKS = [
    one
    for one in env.text(
        "DJANGO_SECRET_KEY_FALLBACKS",
        secret=True,
        help="Former keys, separated by commas, that still verify sessions.",
        guards="A former key still opens doors until it is retired.",
    ).split(",")
    if one
]
GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = env.text(
    "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS",
    secret=True,
    help="Encrypt stored secrets: 32 random bytes in base64, newest first, separated by commas.",
    guards="Who has them and the database reads second factors and stored credentials.",
)
GRAPHISTRY_NEXUS_SIGNING_KEY = env.text(
    "GRAPHISTRY_NEXUS_SIGNING_KEY",
    secret=True,
    help="Signs connector management requests: a random UUID, newest first, separated by commas.",
    guards="Who has it signs management requests.",
)
GRAPHISTRY_NEXUS_SIGNING_SALT = env.text(
    "GRAPHISTRY_NEXUS_SIGNING_SALT",
    secret=True,
    help="The salt of the signing key.",
    guards="It belongs to the signing key.",
)
VAULT_ADDR = env.text(
    "VAULT_ADDR",
    help="The address of HashiCorp Vault or OpenBao, for secret://vault/ values.",
    guards="The server connects to it.",
)
VAULT_TOKEN = env.text(
    "VAULT_TOKEN",
    secret=True,
    help="What the vault is asked with; better by its _FILE form.",
    guards="Who has it reads what the vault lets the server read.",
)
VAULT_CACERT = env.text(
    "VAULT_CACERT",
    help="A file with the authority of the vault's certificate.",
    guards="Only a certificate of this authority is believed.",
)

# --- what it is for --------------------------------------------------------------------------
env.section("What it is for")
PROFILE = env.choice(
    "GRAPHKEEP_PROFILE",
    ("laptop", "team-vpn", "internet-facing", "air-gapped"),
    default="laptop",
    help="What kind of place this server stands in; the doctor holds it against the preset of that name.",
    guards="What the doctor expects of every other setting.",
)

# --- web -------------------------------------------------------------------------------------
env.section("Web")
DEBUG = env.flag(
    "GRAPHKEEP_DEBUG",
    default=False,
    help="Show tracebacks in the browser.",
    guards="Tracebacks show settings and data to whoever meets an error.",
)
SITE_DOMAIN = env.text(
    "SITE_DOMAIN",
    live=True,
    read=parse_domain,
    help="The name that people know this server by: absolute links use it, and no other Host is answered. "
    "Without it, only addresses and this machine's own names are answered.",
    guards="A forged Host leads links and mails elsewhere; a rebound name makes a foreign page one of this server.",
)
EXTRA_HOSTS = [
    one.strip().lower()
    for one in env.text(
        "GRAPHKEEP_ALLOWED_HOSTS",
        help="Further Host names that the server answers to, besides its domain and localhost, separated by commas.",
        guards="Each further name is one that a visitor can be led by.",
    ).split(",")
    if one.strip()
]
# http/allowed_hosts.py checks the Host before Django sees it: the domain can change while the server runs.
ALLOWED_HOSTS = ["*"]
TRUSTED_PROXIES = env.networks(
    "TRUSTED_PROXIES",
    help="Networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    guards="Who is trusted may claim any address and scheme.",
)
IP_ALLOWLIST = env.networks(
    "IP_ALLOWLIST",
    live=True,
    help="Networks that may reach this server at all; empty: everyone.",
    guards="Other networks reach nothing at all.",
)
ADMIN_IP_ALLOWLIST = env.networks(
    "ADMIN_IP_ALLOWLIST",
    live=True,
    help="Networks that may reach the Admin portal; empty: everyone.",
    guards="Other networks reach no portal, whatever password they have.",
)
IS_AIR_GAPPED = env.flag(
    "IS_AIR_GAPPED",
    default=False,
    live=True,
    help="Whether everything that would use the internet is switched off.",
    guards="Nothing leaves for the internet.",
)
if env.flag(
    "AIR_GAPPED",
    default=False,
    help="Switches air gap on before the first start.",
    guards="Nothing leaves for the internet, from the first start on.",
):
    found = env.find("AIR_GAPPED")
    LIVE["IS_AIR_GAPPED"] = replace(
        LIVE["IS_AIR_GAPPED"],
        configured=True,
        origin=f"AIR_GAPPED, {found.origin if found else ''}",
    )
UPLOAD_MAX_SIZE = env.size(
    "UPLOAD_MAX_SIZE",
    default="1G",
    help="The largest upload body.",
    guards="A bound on what one upload may take of the disk.",
)
BODY_MAX_SIZE = 2 << 20
REQUIRE_TLS = env.flag(
    "REQUIRE_TLS",
    default=False,
    help="Refuse what comes over plain HTTP from other machines: pages lead to https, the API answers 403.",
    guards="No password or token is taken in clear.",
)
REVOKE_CLEARTEXT_TOKENS = env.flag(
    "REVOKE_CLEARTEXT_TOKENS",
    default=False,
    help="Under REQUIRE_TLS: end a token, key or session that was seen over plain HTTP.",
    guards="What others may have read is worth nothing.",
)
FORWARD_AUTH_ORIGINS = env.origins(
    "FORWARD_AUTH_ORIGINS",
    help="Other applications behind this server's sign-in, such as https://graphs.example.org:8500.",
    guards="Signing in leads back to no other site.",
)
COOKIE_SECURE = env.flag(
    "COOKIE_SECURE",
    default=False,
    help="Send cookies over TLS only.",
    guards="Cookies travel over TLS only.",
)
COOKIE_SAMESITE = env.choice(
    "COOKIE_SAMESITE",
    ("Lax", "Strict", "None"),
    default="Lax",
    help="When browsers send the cookies from other sites; None needs COOKIE_SECURE=true.",
    guards="None lets other sites use a person's session in frames.",
)
if COOKIE_SAMESITE == "None" and not COOKIE_SECURE:
    raise ConfigurationError(
        "COOKIE_SAMESITE=None needs COOKIE_SECURE=true: browsers refuse such cookies over plain HTTP."
    )
SESSION_COOKIE_AGE = env.integer(
    "SESSION_COOKIE_AGE",
    default=1209600,
    help="How long a browser stays signed in, in seconds.",
    guards="A stolen or forgotten browser is worth at most this.",
)
SESSION_IDLE_TIMEOUT = env.integer(
    "SESSION_IDLE_TIMEOUT",
    default=0,
    help="Seconds without a request after which a browser is signed out; 0: only by age.",
    guards="A forgotten browser is signed out.",
)
SESSION_ABSOLUTE_MAX = env.integer(
    "SESSION_ABSOLUTE_MAX",
    default=0,
    help="Seconds after signing in after which a browser is signed out; 0: only by SESSION_COOKIE_AGE.",
    guards="Even a busy browser signs in anew.",
)
SESSION_MAX_PER_USER = env.integer(
    "SESSION_MAX_PER_USER",
    default=20,
    help="Browsers that one person may be signed in with.",
    guards="A shared account is noticed.",
)
EMBED_PUBLIC = env.flag(
    "EMBED_PUBLIC",
    default=True,
    live=True,
    help="Whether pages of other sites may frame public graphs.",
    guards="Other sites frame public graphs.",
)
EMBED_ORIGINS = env.origins(
    "EMBED_ORIGINS",
    live=True,
    help="Sites that may frame graphs that are not public, such as https://intranet.example.org.",
    guards="These sites frame graphs that are not public.",
)

# --- accounts --------------------------------------------------------------------------------
env.section("Accounts")
JWT_EXPIRATION_DELTA = env.integer(
    "JWT_EXPIRATION_DELTA",
    default=3600,
    help="How long an API token lives, in seconds.",
    guards="A stolen token is worth at most this.",
)
JWT_REFRESH_EXPIRATION_DELTA = env.integer(
    "JWT_REFRESH_EXPIRATION_DELTA",
    default=86400,
    help="How long after its first issue an API token can be refreshed, in seconds.",
    guards="A stolen token that is renewed is worth at most this.",
)
JWT_ALLOW_REFRESH = env.flag(
    "JWT_ALLOW_REFRESH",
    default=True,
    help="Whether API tokens can be refreshed.",
    guards="Without it a token ends for good.",
)
IS_SIGNUPS_OPEN_AFTER_FIRST = env.flag(
    "IS_SIGNUPS_OPEN_AFTER_FIRST",
    default=False,
    live=True,
    help="Whether people can sign up by themselves after the first account.",
    guards="When it is open, a stranger makes an account.",
)
ADMIN_INIT_USERNAME = env.text(
    "ADMIN_INIT_USERNAME",
    help="The first Admin's user name, made before the first start.",
    guards="Registration is closed from the first request on.",
)
ADMIN_INIT_PASSWORD = env.text(
    "ADMIN_INIT_PASSWORD",
    secret=True,
    help="The first Admin's password; better by its _FILE form.",
    guards="Known to whoever reads the file; it must be changed at the first sign-in.",
)
BOOTSTRAP_MODE = env.choice(
    "BOOTSTRAP_MODE",
    ("open", "code", "cli"),
    default="open",
    help="How the first Admin signs up: open for a while, by a code from the console, or by command only.",
    guards="A stranger could be first to sign up.",
)
BOOTSTRAP_WINDOW = env.integer(
    "BOOTSTRAP_WINDOW",
    default=1800,
    help="Seconds after the start in which a server on a network takes its first sign-up without a code.",
    guards="A bound on the time in which a stranger could be first.",
)
REQUIRE_MFA = env.choice(
    "REQUIRE_MFA",
    ("nobody", "admins", "everyone"),
    default="nobody",
    live=True,
    help="Who must use a second factor.",
    guards="A password alone opens nothing.",
)
SIGN_INS_PER_ADDRESS = env.integer(
    "GRAPHKEEP_SIGN_INS_PER_ADDRESS",
    default=200,
    help="Failed sign-ins from one address in five minutes, over all names.",
    guards="Guessing from one address ends.",
)
INVITATIONS_PER_USER_DAY = env.integer(
    "GRAPHKEEP_INVITATIONS_PER_USER_DAY",
    default=200,
    help="Rate limit of invitations by one person in a day, to graphs, organizations and the server.",
)
WORKERS = env.integer("GRAPHKEEP_WORKERS", default=1, help="Processes that answer requests.")
KEY_MAX_DAYS = env.integer(
    "KEY_MAX_DAYS",
    default=365,
    help="The longest life of a personal key, in days.",
    guards="No personal key lives for ever.",
)
ADMIN_INIT_FROM_METADATA = env.flag(
    "ADMIN_INIT_FROM_METADATA",
    default=False,
    help="On a cloud's machine: make the first Admin, admin, with the instance id as first password.",
    guards="The instance id is known to everybody on the machine.",
)
ADMIN_INIT_METADATA_URL = env.text(
    "ADMIN_INIT_METADATA_URL",
    default="http://169.254.169.254",
    help="Where the cloud tells the instance id (IMDSv2).",
    guards="The server connects to it, once.",
)
INITIAL_PASSWORD_DAYS = env.integer(
    "INITIAL_PASSWORD_DAYS",
    default=14,
    help="Days in which a password that somebody else gave must be used and changed.",
    guards="A password that two people know ends.",
)
DEFAULT_PRIVACY = env.choice(
    "GRAPHKEEP_DEFAULT_PRIVACY",
    ("public", "organization", "private"),
    default="public",
    live=True,
    help="Who sees a new dataset: public means anyone who has its unguessable address.",
    guards="Who sees a graph whose owner said nothing.",
)

# --- uploads ---------------------------------------------------------------------------------
env.section("Uploads")
_HALF_MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
GRAPHKEEP_IMPORT_MEMORY = env.size(
    "GRAPHKEEP_IMPORT_MEMORY",
    default="0",
    help="Memory of the process that parses one upload; 0 is the smaller of 4G and half of the RAM.",
    guards="A hostile file takes no more than this.",
) or min(4 << 30, _HALF_MEMORY)
GRAPHKEEP_IMPORT_TIMEOUT = env.integer(
    "GRAPHKEEP_IMPORT_TIMEOUT",
    default=120,
    help="Seconds that parsing one upload may take.",
    guards="A hostile file takes no longer than this.",
)
GRAPHKEEP_ALLOW_UNJAILED = env.flag(
    "GRAPHKEEP_ALLOW_UNJAILED",
    default=False,
    help="Parse uploads even where neither seccomp nor Landlock can confine the parser.",
    guards="A hostile file would run with the server's rights.",
)

# --- queries and code ------------------------------------------------------------------------
env.section("Queries and code")
ENABLE_GFQL_ENDPOINT = env.flag(
    "ENABLE_GFQL_ENDPOINT",
    default=True,
    help="Whether people may send graph queries, which run in a confined process.",
    guards="Whether strangers' queries run here at all.",
)
ENABLE_PYTHON_ENDPOINT = env.flag(
    "ENABLE_PYTHON_ENDPOINT",
    default=False,
    help="Whether those whom an Admin gave the permission may send Python, which runs shut in.",
    guards="Whether people's code runs here at all.",
)
GRAPHKEEP_COMPUTE_MEMORY = env.size(
    "GRAPHKEEP_COMPUTE_MEMORY",
    default="0",
    help="Memory of one query or piece of code; 0 is the smaller of 2G and a quarter of the RAM.",
    guards="A query takes no more than this.",
) or min(2 << 30, _HALF_MEMORY // 2)
GRAPHKEEP_COMPUTE_TIMEOUT = env.integer(
    "GRAPHKEEP_COMPUTE_TIMEOUT",
    default=60,
    help="Seconds that one query or piece of code may take.",
    guards="A query takes no longer than this.",
)
GRAPHKEEP_COMPUTE_PROCESSES = env.integer(
    "GRAPHKEEP_COMPUTE_PROCESSES",
    default=2,
    help="Queries and pieces of code that each process of the server runs at once.",
)
GRAPHKEEP_COMPUTE_ROWS = env.integer(
    "GRAPHKEEP_COMPUTE_ROWS",
    default=5_000_000,
    help="Rows of nodes and edges together that one query or piece of code may bring.",
    guards="A query's result is bounded.",
)
GRAPHKEEP_COMPUTE_RESULT_MAX = env.size(
    "GRAPHKEEP_COMPUTE_RESULT_MAX",
    default="256M",
    help="The largest result of one query or piece of code.",
    guards="A query's result is bounded.",
)
GRAPHKEEP_QUERY_HOPS = env.integer(
    "GRAPHKEEP_QUERY_HOPS",
    default=32,
    help="Hops that one query may make, those of all its edges together.",
    guards="A query's steps are bounded.",
)

# --- layout and logs -------------------------------------------------------------------------
env.section("Layout and logs")
GRAPH_PLAY_TIMEOUTMS = env.integer(
    "GRAPH_PLAY_TIMEOUTMS",
    default=60000,
    help="The longest continuous layout run, in milliseconds.",
)
ACCESS_LOG = env.flag(
    "GRAPHKEEP_ACCESS_LOG",
    default=False,
    help="Log each request: who, from where, what and how long; never its query, body or credentials.",
    guards="Who asked for what, from where, is on record.",
)
LOG_LEVEL = env.choice(
    "LOG_LEVEL",
    tuple(LEVELS),
    default="INFO",
    help="How much the server logs.",
    guards="DEBUG logs tell more than an operator needs.",
)
_other_level = env.choice(
    "GRAPHISTRY_LOG_LEVEL", ("", *LEVELS), default="", help="The same, where LOG_LEVEL is not said."
)
if _other_level and env.find("LOG_LEVEL") is None:
    LOG_LEVEL = _other_level
LOG_FORMAT = env.choice(
    "GRAPHKEEP_LOG_FORMAT",
    FORMATS,
    default="text",
    help="Lines of the log as text, or each as a JSON object.",
)

# --- watching --------------------------------------------------------------------------------
env.section("Watching and support")
METRICS_LISTEN = env.text(
    "GRAPHKEEP_METRICS_LISTEN",
    read=parse_listen,
    help="Where figures for Prometheus are told, such as 127.0.0.1:9464; empty: nowhere.",
)
METRICS_TOKEN = env.text(
    "GRAPHKEEP_METRICS_TOKEN",
    secret=True,
    help="What Prometheus shows as its bearer token; 32 characters or more.",
)
METRICS_DIR = TMP_DIR / "figures"
ENABLE_OPEN_TELEMETRY = env.flag(
    "ENABLE_OPEN_TELEMETRY",
    default=False,
    help="Whether traces of requests and jobs are sent to the collector below; air gap wins.",
)
OTEL_ENDPOINT = env.text(
    "OTEL_COLLECTOR_OTLP_HTTP_ENDPOINT",
    read=parse_address,
    help="The collector's OTLP/HTTP address, such as https://otel.example.org:4318.",
)
OTEL_USERNAME = env.text("OTEL_COLLECTOR_OTLP_HTTP_USERNAME", help="The user at the collector.")
OTEL_PASSWORD = env.text(
    "OTEL_COLLECTOR_OTLP_HTTP_PASSWORD", secret=True, help="The password at the collector."
)
SUPPORT_URL = env.text(
    "SUPPORT_URL",
    read=parse_address,
    help="Where support bundles are uploaded, by whoever presses the button; empty: nowhere.",
    guards="The server connects to it, when somebody presses the button.",
)
SUPPORT_CONTACT = env.text(
    "SUPPORT_CONTACT", help="Whom people ask for help: a name, an address, a telephone number."
)
CRON_RESTART = env.text(
    "CRON_RESTART",
    read=parse_schedule,
    help="When the processes are renewed, as a line of cron such as 30 4 * * 0; empty: never. UTC.",
)
env.text(
    "STREAMGL_GPU_WORKER_CRON_RESTART",
    read=parse_schedule,
    help="The same under its other name, where CRON_RESTART is not said.",
)
DOWNLOAD_PER_USER_DAY = env.size(
    "GRAPHKEEP_DOWNLOAD_PER_USER_DAY",
    default="0",
    help="What one person may take out of the server in a day (UTC), such as 20G; 0: any amount.",
)
if not env.flag(
    "MINIMIZE_COLUMNS",
    default=True,
    help="Always on here: a column's values leave the server only when a person asks for them; false is "
    "told to have no effect.",
):
    logging.getLogger(__name__).warning("MINIMIZE_COLUMNS=false has no effect: see settings.md")

# --- mail ------------------------------------------------------------------------------------
env.section("Mail")
DISABLE_EMAIL = env.flag(
    "DISABLE_EMAIL",
    default=True,
    help="Whether the server sends no mail at all.",
    guards="No mail leaves.",
)
EMAIL_HOST = env.text("EMAIL_HOST", help="The mail server.", guards="The server connects to it.")
EMAIL_PORT = env.integer("EMAIL_PORT", default=587, help="The mail server's port.")
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", help="The mail server's user.")
EMAIL_HOST_PASSWORD = env.text(
    "EMAIL_HOST_PASSWORD",
    secret=True,
    help="The mail server's password.",
    guards="Who has it sends mail in the server's name.",
)
EMAIL_USE_TLS = env.flag(
    "EMAIL_USE_TLS",
    default=True,
    help="Whether mail is sent by STARTTLS.",
    guards="Mail, with its links, travels by TLS.",
)
EMAIL_USE_SSL = env.flag(
    "EMAIL_USE_SSL",
    default=False,
    help="Whether mail is sent by TLS alone.",
    guards="Mail, with its links, travels by TLS.",
)
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", default="graphkeep@localhost", help="The sender of mails."
)
EMAIL_TIMEOUT = 15
EMAIL_BACKEND = "graphkeep.site.mail.GatewayBackend"

# --- database --------------------------------------------------------------------------------
env.section("Development")
VITE_URL = env.text(
    "GRAPHKEEP_VITE_URL",
    read=loopback_url,
    help="Take the page from Vite's development server at this address of this machine; `graphkeep dev` sets it.",
)

env.section("Database")
DATABASE_URL = env.text(
    "DATABASE_URL",
    secret=True,
    help="A PostgreSQL address; SQLite below data/ when it is empty.",
    guards="It holds the database's password; the whole database goes over this line.",
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
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
            "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
        }
    }
# --- what is kept elsewhere ---------------------------------------------------------------------
GRAPHKEEP_STORE = env.text(
    "GRAPHKEEP_STORE",
    help="Where graphs rest: s3://bucket/prefix for an S3-compatible store; data/graphs when it is empty.",
)
S3_SETTINGS = {
    kind: {
        "endpoint": env.text(
            f"GRAPHKEEP_{kind.upper()}_S3_ENDPOINT",
            help=f"The address of the object store for {what}, such as https://s3.example.org; Amazon's when it is empty.",
        ),
        "region": env.text(
            f"GRAPHKEEP_{kind.upper()}_S3_REGION",
            help=f"The region that requests to the object store for {what} are signed for; us-east-1 when it is empty.",
        ),
        "access_key": env.text(
            f"GRAPHKEEP_{kind.upper()}_S3_ACCESS_KEY",
            help=f"Who asks the object store for {what}.",
        ),
        "secret_key": env.text(
            f"GRAPHKEEP_{kind.upper()}_S3_SECRET_KEY",
            secret=True,
            help=f"What requests to the object store for {what} are signed with; better by its _FILE form.",
        ),
        "authorities": env.text(
            f"GRAPHKEEP_{kind.upper()}_S3_CACERT",
            help=f"A file with the authority of the certificate of the object store for {what}.",
        ),
    }
    for kind, what in (("store", "graphs"), ("backup", "backups"))
}
GRAPHKEEP_CACHE_SIZE = env.size(
    "GRAPHKEEP_CACHE_SIZE",
    default="10G",
    help="The most that each cache below data/ may hold; what was least used goes first.",
)
GRAPHKEEP_CACHE_DAYS = env.integer(
    "GRAPHKEEP_CACHE_DAYS",
    default=7,
    help="Days after which what nobody used is dropped from the caches below data/.",
)
RESTIC_REPOSITORY = env.text(
    "RESTIC_REPOSITORY", help="Where graphkeep backup writes by restic when no --to is said."
)
RESTIC_PASSWORD = env.text(
    "RESTIC_PASSWORD", secret=True, help="What restic encrypts its repository with."
)
RESTIC_TAGS = env.text(
    "RESTIC_TAGS", default="graphkeep", help="Tags of restic's snapshots, separated by commas."
)
DRY_RUN = env.flag(
    "DRY_RUN", default=False, help="Whether graphkeep backup only tells what it would do."
)
# Used codes and counters of the account pages: shared by all processes, so it lies in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "graphkeep_cache",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Django itself ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "graphkeep.site",
    "graphkeep.accounts",
    "graphkeep.jobs",
    "graphkeep.datasets",
    "graphkeep.server",
]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["graphkeep.accounts.adapters.PasswordBackend"]
PASSWORD_HASHERS = ["graphkeep.accounts.credentials.passwords.BoundedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "graphkeep.accounts.credentials.passwords.GuessedPasswordValidator"},
]
ACCOUNT_ADAPTER = "graphkeep.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Graphkeep] "
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Guessing is counted in the database, for pages and programs alike: see accounts/operations/sign_in.py.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
MFA_ADAPTER = "graphkeep.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Graphkeep"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not COOKIE_SECURE  # browsers allow it on localhost alone
MFA_FORMS = {
    "authenticate": "graphkeep.accounts.adapters.RateLimitedAuthenticateForm",
    "reauthenticate": "graphkeep.accounts.adapters.RateLimitedReauthenticateForm",
}
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/datasets/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

MIDDLEWARE = [
    "graphkeep.server.http.access_log.log_requests",
    "django.middleware.security.SecurityMiddleware",
    "graphkeep.server.http.headers.add_security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "graphkeep.server.http.headers.add_cors_headers",
    "graphkeep.server.http.text_input.refuse_unstorable_text",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "graphkeep.server.http.access_middleware.AccessMiddleware",
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
                "django.contrib.messages.context_processors.messages",
                "graphkeep.server.pages.spa_pages.page_context",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).parent / "static"
WHITENOISE_USE_FINDERS = True  # the scripts of allauth and of the portal lie in their packages
WHITENOISE_ROOT = Path(__file__).parent / "public"
WHITENOISE_IMMUTABLE_FILE_TEST = r"/static/workbench/assets/"
WORKBENCH_DIR = STATIC_ROOT / "workbench"
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "graphkeep.server.formats"
LANGUAGE_CODE = "en"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "graphkeep.accounts.credentials.sessions"
SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIE_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = COOKIE_SAMESITE
JWT_COOKIE_NAME = "graphistry_jwt"
SECURE_HSTS_SECONDS = 31_536_000  # sent over TLS alone
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # server/http/headers.py says it where browsers heed it
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_MAX_SIZE

LOGGING_CONFIG = None  # logs.py knows the only way of a line into the log
open_log(LOG_LEVEL, LOG_FORMAT, declared_secrets(env))
RUNTIME_SETTINGS = LIVE
