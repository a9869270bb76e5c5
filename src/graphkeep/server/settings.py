"""Django settings; each Graphkeep setting is declared here once, with type, default and help."""

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import dj_database_url

from graphkeep.server.config.addresses import loopback_url, parse_address, parse_listen
from graphkeep.server.config.config_json import read_config_json, unused_settings
from graphkeep.server.config.connectors import (
    SECRET_VARIABLES,
    USED_PATHS,
    VARIABLES,
    configured_connectors,
    splunk_bridge_keys,
)
from graphkeep.server.config.cron import parse_schedule
from graphkeep.server.config.env import LIVE, Environment, home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.config.references import resolve
from graphkeep.server.config.setting_values import parse_domain, parse_folder
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
    help="Signs sessions and tokens; generated at the first start.",
    guards="Its holder can forge sessions and tokens.",
)
SECRET_KEY_FALLBACKS = [
    key
    for key in env.text(
        "DJANGO_SECRET_KEY_FALLBACKS",
        secret=True,
        help="Previous keys, separated by commas, that still verify sessions.",
        guards="A previous key stays valid until it is retired.",
    ).split(",")
    if key
]
GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = env.text(
    "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS",
    secret=True,
    help="Encrypt stored secrets: 32 random bytes in base64, newest first, separated by commas.",
    guards="With them and the database, second factors and stored credentials can be decrypted.",
)
GRAPHISTRY_NEXUS_SIGNING_KEY = env.text(
    "GRAPHISTRY_NEXUS_SIGNING_KEY",
    secret=True,
    help="Signs connector management requests: a random UUID, newest first, separated by commas.",
    guards="Its holder can sign management requests.",
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
    help="The token for requests to the vault; prefer VAULT_TOKEN_FILE.",
    guards="Its holder can read the server's secrets from the vault.",
)
VAULT_CACERT = env.text(
    "VAULT_CACERT",
    help="A file with the CA certificate that the vault's certificate is verified against.",
    guards="Only a certificate signed by this CA is trusted.",
)

# --- profile ---------------------------------------------------------------------------------
env.section("What it is for")
PROFILE = env.choice(
    "GRAPHKEEP_PROFILE",
    ("laptop", "team-vpn", "internet-facing", "air-gapped"),
    default="laptop",
    help="The kind of deployment; the doctor compares the server with the preset of this name.",
    guards="The values that the doctor expects of every other setting.",
)

# --- web -------------------------------------------------------------------------------------
env.section("Web")
DEBUG = env.flag(
    "GRAPHKEEP_DEBUG",
    default=False,
    help="Show tracebacks in the browser.",
    guards="Tracebacks show settings and data to any client that triggers an error.",
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
    host.strip().lower()
    for host in env.text(
        "GRAPHKEEP_ALLOWED_HOSTS",
        help="Further Host names that the server answers to, besides its domain and localhost, separated by commas.",
        guards="Each further name is one that a visitor can be led by.",
    ).split(",")
    if host.strip()
]
# http/allowed_hosts.py checks the Host header before Django does, since the domain is a runtime setting.
ALLOWED_HOSTS = ["*"]
TRUSTED_PROXIES = env.networks(
    "TRUSTED_PROXIES",
    help="Networks of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted.",
    guards="A trusted proxy may claim any client address and scheme.",
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
    help="Air gap: whether all outgoing connections to the internet are disabled.",
    guards="No connection to the internet is made.",
)
if env.flag(
    "AIR_GAPPED",
    default=False,
    help="Enables the air gap before the first start.",
    guards="No connection to the internet is made, from the first start on.",
):
    declared = env.find("AIR_GAPPED")
    LIVE["IS_AIR_GAPPED"] = replace(
        LIVE["IS_AIR_GAPPED"],
        configured=True,
        origin=f"AIR_GAPPED, {declared.origin if declared else ''}",
    )
UPLOAD_MAX_SIZE = env.size(
    "UPLOAD_MAX_SIZE",
    default="1G",
    help="The size limit of one upload's body.",
    guards="Limits how much disk one upload may use.",
)
BODY_MAX_SIZE = 2 << 20
REQUIRE_TLS = env.flag(
    "REQUIRE_TLS",
    default=False,
    help="Refuse plain HTTP from other machines: pages redirect to https, the API answers 403.",
    guards="No password or token is accepted in clear text.",
)
REVOKE_CLEARTEXT_TOKENS = env.flag(
    "REVOKE_CLEARTEXT_TOKENS",
    default=False,
    help="With REQUIRE_TLS: revoke a token, key or session that was sent over plain HTTP.",
    guards="Credentials that others may have read stop working.",
)
FORWARD_AUTH_ORIGINS = env.origins(
    "FORWARD_AUTH_ORIGINS",
    help="Other applications behind this server's sign-in, such as https://graphs.example.org:8500.",
    guards="After sign-in, users are not redirected to other sites.",
)
COOKIE_SECURE = env.flag(
    "COOKIE_SECURE",
    default=False,
    help="Send cookies over TLS only.",
    guards="Cookies are never sent in clear text.",
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
    guards="A stolen or forgotten browser session ends after this.",
)
SESSION_IDLE_TIMEOUT = env.integer(
    "SESSION_IDLE_TIMEOUT",
    default=0,
    help="Seconds without a request after which a browser is signed out; 0: only by age.",
    guards="An idle browser session ends.",
)
SESSION_ABSOLUTE_MAX = env.integer(
    "SESSION_ABSOLUTE_MAX",
    default=0,
    help="Seconds after signing in after which a browser is signed out; 0: only by SESSION_COOKIE_AGE.",
    guards="Even an active browser session ends.",
)
SESSION_MAX_PER_USER = env.integer(
    "SESSION_MAX_PER_USER",
    default=20,
    help="The limit of concurrent browser sessions per user.",
    guards="Sharing an account is noticed.",
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

# --- data bridges ----------------------------------------------------------------------------
env.section("Data bridges")
SPLUNK_USE_PROXY = env.flag(
    "SPLUNK_USE_PROXY",
    default=False,
    help="Whether a data bridge runs the queries to Splunk: the slot `splunk`, with both keys.",
)
SPLUNK_SERVER_KEY = env.text(
    "SPLUNK_SERVER_KEY",
    secret=True,
    help="The key by which this server proves itself to the data bridge of the slot `splunk`.",
    guards="Who has both keys can act as the server or the bridge.",
)
SPLUNK_PROXY_KEY = env.text(
    "SPLUNK_PROXY_KEY",
    secret=True,
    help="The key by which the data bridge of the slot `splunk` proves itself.",
    guards="Who has both keys can act as the server or the bridge.",
)
CONFIG_JSON, CONFIG_JSON_PATH = read_config_json(HOME)
CONFIG_JSON_UNUSED = unused_settings(CONFIG_JSON, USED_PATHS)
BRIDGE_SLOT_KEYS = splunk_bridge_keys(
    CONFIG_JSON, server_key=SPLUNK_SERVER_KEY, proxy_key=SPLUNK_PROXY_KEY, is_used=SPLUNK_USE_PROXY
)
BRIDGE_RELAY_DIR = DATA_DIR / "run" / "bridges"

# --- accounts --------------------------------------------------------------------------------
env.section("Accounts")
JWT_EXPIRATION_DELTA = env.integer(
    "JWT_EXPIRATION_DELTA",
    default=3600,
    help="Lifetime of an API token, in seconds.",
    guards="A stolen token expires after this.",
)
JWT_REFRESH_EXPIRATION_DELTA = env.integer(
    "JWT_REFRESH_EXPIRATION_DELTA",
    default=86400,
    help="How long after its first issue an API token can be refreshed, in seconds.",
    guards="A stolen token that is refreshed expires after this.",
)
JWT_ALLOW_REFRESH = env.flag(
    "JWT_ALLOW_REFRESH",
    default=True,
    help="Whether API tokens can be refreshed.",
    guards="Without refresh a token expires for good.",
)
IS_SIGNUPS_OPEN_AFTER_FIRST = env.flag(
    "IS_SIGNUPS_OPEN_AFTER_FIRST",
    default=False,
    live=True,
    help="Whether people can sign up by themselves after the first account.",
    guards="When it is open, anybody can create an account.",
)
ADMIN_INIT_USERNAME = env.text(
    "ADMIN_INIT_USERNAME",
    help="User name of the first Admin, created at the first start.",
    guards="Registration is closed from the first request on.",
)
ADMIN_INIT_PASSWORD = env.text(
    "ADMIN_INIT_PASSWORD",
    secret=True,
    help="Password of the first Admin; prefer ADMIN_INIT_PASSWORD_FILE.",
    guards="It is readable in the file, so it must be changed at the first sign-in.",
)
BOOTSTRAP_MODE = env.choice(
    "BOOTSTRAP_MODE",
    ("open", "code", "cli"),
    default="open",
    help="How the first Admin signs up: open for a while, by a code from the console, or by command only.",
    guards="A stranger could sign up first and become Admin.",
)
BOOTSTRAP_WINDOW = env.integer(
    "BOOTSTRAP_WINDOW",
    default=1800,
    help="Seconds after the start in which a server on a network accepts its first sign-up without a code.",
    guards="Limits the time in which a stranger could sign up first.",
)
REQUIRE_MFA = env.choice(
    "REQUIRE_MFA",
    ("nobody", "admins", "everyone"),
    default="nobody",
    live=True,
    help="Who must use a second factor.",
    guards="A stolen password is not enough to sign in.",
)
SIGN_INS_PER_ADDRESS = env.integer(
    "GRAPHKEEP_SIGN_INS_PER_ADDRESS",
    default=200,
    help="Rate limit: failed sign-ins from one address in five minutes, for all names together.",
    guards="Guessing passwords from one address is stopped.",
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
    help="The maximum lifetime of a personal key, in days.",
    guards="Every personal key expires.",
)
ADMIN_INIT_FROM_METADATA = env.flag(
    "ADMIN_INIT_FROM_METADATA",
    default=False,
    help="On a cloud machine: create the first Admin, admin, with the instance id as initial password.",
    guards="Everybody on the machine knows the instance id.",
)
ADMIN_INIT_METADATA_URL = env.text(
    "ADMIN_INIT_METADATA_URL",
    default="http://169.254.169.254",
    help="Address of the cloud's instance metadata service (IMDSv2).",
    guards="The server connects to it, once.",
)
SINGLE_USE_SIGN_IN = env.flag(
    "SINGLE_USE_SIGN_IN",
    default=False,
    help="Whether an Admin's API key may create single-use URLs that sign a browser in as a user.",
)
INITIAL_PASSWORD_DAYS = env.integer(
    "INITIAL_PASSWORD_DAYS",
    default=14,
    help="Days after which an initial password expires unless the user has changed it.",
    guards="A password that two people know expires.",
)
DEFAULT_PRIVACY = env.choice(
    "GRAPHKEEP_DEFAULT_PRIVACY",
    ("public", "organization", "private"),
    default="public",
    live=True,
    help="Who sees a new dataset: public means anyone who has its unguessable address.",
    guards="Who sees a graph whose owner did not choose.",
)

# --- uploads ---------------------------------------------------------------------------------
env.section("Uploads")
_HALF_MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
GRAPHKEEP_IMPORT_MEMORY = env.size(
    "GRAPHKEEP_IMPORT_MEMORY",
    default="0",
    help="Memory of the process that parses one upload; 0 is the smaller of 4G and half of the RAM.",
    guards="Limits the memory that a hostile file can use.",
) or min(4 << 30, _HALF_MEMORY)
GRAPHKEEP_IMPORT_TIMEOUT = env.integer(
    "GRAPHKEEP_IMPORT_TIMEOUT",
    default=120,
    help="Seconds that parsing one upload may take.",
    guards="Limits the time that a hostile file can use.",
)
GRAPHKEEP_ALLOW_UNSANDBOXED = env.flag(
    "GRAPHKEEP_ALLOW_UNSANDBOXED",
    default=False,
    help="Parse uploads even where neither seccomp nor Landlock can sandbox the parser.",
    guards="Without a sandbox, a malicious file could run code with the server's rights.",
)

# --- queries and code ------------------------------------------------------------------------
env.section("Queries and code")
ENABLE_GFQL_ENDPOINT = env.flag(
    "ENABLE_GFQL_ENDPOINT",
    default=True,
    help="Whether users may send graph queries, which run in a sandbox.",
    guards="Whether untrusted queries run on this server at all.",
)
ENABLE_PYTHON_ENDPOINT = env.flag(
    "ENABLE_PYTHON_ENDPOINT",
    default=False,
    help="Whether users with the permission of an Admin may send Python, which runs in a sandbox.",
    guards="Whether untrusted code runs on this server at all.",
)
GRAPHKEEP_COMPUTE_MEMORY = env.size(
    "GRAPHKEEP_COMPUTE_MEMORY",
    default="0",
    help="Memory of one query or piece of code; 0 is the smaller of 2G and a quarter of the RAM.",
    guards="Limits the memory of a query.",
) or min(2 << 30, _HALF_MEMORY // 2)
GRAPHKEEP_COMPUTE_TIMEOUT = env.integer(
    "GRAPHKEEP_COMPUTE_TIMEOUT",
    default=60,
    help="Seconds that one query or piece of code may take.",
    guards="Limits the time of a query.",
)
GRAPHKEEP_COMPUTE_PROCESSES = env.integer(
    "GRAPHKEEP_COMPUTE_PROCESSES",
    default=2,
    help="Queries and pieces of code that each process of the server runs at once.",
)
GRAPHKEEP_COMPUTE_ROWS = env.integer(
    "GRAPHKEEP_COMPUTE_ROWS",
    default=5_000_000,
    help="The limit of rows, nodes and edges together, in the result of one query or piece of code.",
    guards="Limits the result of a query.",
)
GRAPHKEEP_COMPUTE_RESULT_MAX = env.size(
    "GRAPHKEEP_COMPUTE_RESULT_MAX",
    default="256M",
    help="The largest result of one query or piece of code.",
    guards="Limits the result of a query.",
)
GRAPHKEEP_QUERY_HOPS = env.integer(
    "GRAPHKEEP_QUERY_HOPS",
    default=32,
    help="Hops that one query may make, those of all its edges together.",
    guards="Limits the steps of a query.",
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
    help="Access log: each request's user, address, route and duration; never its query, body or credentials.",
    guards="Requests are on record with user and address.",
)
LOG_LEVEL = env.choice(
    "LOG_LEVEL",
    tuple(LEVELS),
    default="INFO",
    help="The log level.",
    guards="DEBUG logs hold more than an operator needs.",
)
_other_level = env.choice(
    "GRAPHISTRY_LOG_LEVEL", ("", *LEVELS), default="", help="The same, where LOG_LEVEL is not set."
)
if _other_level and env.find("LOG_LEVEL") is None:
    LOG_LEVEL = _other_level
LOG_FORMAT = env.choice(
    "GRAPHKEEP_LOG_FORMAT",
    FORMATS,
    default="text",
    help="Lines of the log as text, or each as a JSON object.",
)

# --- telemetry -------------------------------------------------------------------------------
env.section("Watching and support")
METRICS_LISTEN = env.text(
    "GRAPHKEEP_METRICS_LISTEN",
    read=parse_listen,
    help="Address of the Prometheus metrics endpoint, such as 127.0.0.1:9464; empty: none.",
)
METRICS_TOKEN = env.text(
    "GRAPHKEEP_METRICS_TOKEN",
    secret=True,
    help="Bearer token of the metrics endpoint; 32 characters or more.",
)
METRICS_DIR = TMP_DIR / "figures"
ENABLE_OPEN_TELEMETRY = env.flag(
    "ENABLE_OPEN_TELEMETRY",
    default=False,
    help="Whether traces of requests and jobs are sent to the OpenTelemetry collector below; never in air gap.",
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
    help="URL that support bundles are uploaded to on request; empty: none.",
    guards="The server connects to it when an Admin sends a bundle.",
)
SUPPORT_CONTACT = env.text(
    "SUPPORT_CONTACT", help="The contact for help: a name, an address, a telephone number."
)
CRON_RESTART = env.text(
    "CRON_RESTART",
    read=parse_schedule,
    help="Cron schedule of process restarts, such as 30 4 * * 0, in UTC; empty: never.",
)
env.text(
    "STREAMGL_GPU_WORKER_CRON_RESTART",
    read=parse_schedule,
    help="An alias of CRON_RESTART, used where that is not set.",
)
DOWNLOAD_PER_USER_DAY = env.size(
    "GRAPHKEEP_DOWNLOAD_PER_USER_DAY",
    default="0",
    help="Download quota per user and day (UTC), such as 20G; 0: no quota.",
)
if not env.flag(
    "MINIMIZE_COLUMNS",
    default=True,
    help="Always on: column values are sent only on a viewer's request; false has no effect and logs a "
    "warning.",
):
    logging.getLogger(__name__).warning("MINIMIZE_COLUMNS=false has no effect: see settings.md")

# --- mail ------------------------------------------------------------------------------------
env.section("Mail")
DISABLE_EMAIL = env.flag(
    "DISABLE_EMAIL",
    default=True,
    help="Whether the server sends no mail at all.",
    guards="No mail is sent.",
)
EMAIL_HOST = env.text("EMAIL_HOST", help="The mail server.", guards="The server connects to it.")
EMAIL_PORT = env.integer("EMAIL_PORT", default=587, help="The mail server's port.")
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", help="The mail server's user.")
EMAIL_HOST_PASSWORD = env.text(
    "EMAIL_HOST_PASSWORD",
    secret=True,
    help="The mail server's password.",
    guards="Its holder can send mail in the server's name.",
)
EMAIL_USE_TLS = env.flag(
    "EMAIL_USE_TLS",
    default=True,
    help="Whether mail is sent with STARTTLS.",
    guards="Mail, with its links, is encrypted in transit.",
)
EMAIL_USE_SSL = env.flag(
    "EMAIL_USE_SSL",
    default=False,
    help="Whether mail is sent with implicit TLS.",
    guards="Mail, with its links, is encrypted in transit.",
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
    guards="It contains the database's password; all data goes over this connection.",
)
DATABASE_POOL_SIZE = env.integer(
    "GRAPHKEEP_DATABASE_POOL_SIZE",
    default=10,
    help="Connections to PostgreSQL that each process of the server may hold.",
)
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
    # Each request has its own thread: without a pool, many requests would exhaust the database's connections.
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
# --- object storage and backups --------------------------------------------------------------
GRAPHKEEP_STORE = env.text(
    "GRAPHKEEP_STORE",
    help="Where graphs are stored: s3://bucket/prefix in an S3-compatible object store; data/graphs when it is empty.",
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
            help=f"Access key of the object store for {what}.",
        ),
        "secret_key": env.text(
            f"GRAPHKEEP_{kind.upper()}_S3_SECRET_KEY",
            secret=True,
            help=f"Secret key of the object store for {what}; prefer its _FILE form.",
        ),
        "authorities": env.text(
            f"GRAPHKEEP_{kind.upper()}_S3_CACERT",
            help=f"A file with the CA certificate of the object store for {what}.",
        ),
    }
    for kind, what in (("store", "graphs"), ("backup", "backups"))
}
GRAPHKEEP_CACHE_SIZE = env.size(
    "GRAPHKEEP_CACHE_SIZE",
    default="10G",
    help="Size limit of each cache below data/; the least recently used files are evicted first.",
)
GRAPHKEEP_CACHE_DAYS = env.integer(
    "GRAPHKEEP_CACHE_DAYS",
    default=7,
    help="Days after which unused files are evicted from the caches below data/.",
)
RESTIC_REPOSITORY = env.text(
    "RESTIC_REPOSITORY", help="The restic repository of graphkeep backup where no --to is given."
)
RESTIC_PASSWORD = env.text(
    "RESTIC_PASSWORD", secret=True, help="The password that restic encrypts its repository with."
)
RESTIC_TAGS = env.text(
    "RESTIC_TAGS", default="graphkeep", help="Tags of restic's snapshots, separated by commas."
)
DRY_RUN = env.flag(
    "DRY_RUN", default=False, help="Whether graphkeep backup only reports what it would do."
)
# Used codes and counters of the account pages; in the database, since all processes share it.
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
    "graphkeep.connectors",
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
ACCOUNT_ADAPTER = "graphkeep.server.pages.account_mail.QueuedMailAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Graphkeep] "
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# The sign-in rate limit, for pages and API alike, is in accounts/operations/sign_in.py.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
MFA_ADAPTER = "graphkeep.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Graphkeep"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not COOKIE_SECURE  # browsers allow it on localhost only
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
# Serves the static files of allauth and Django's admin from their packages.
WHITENOISE_USE_FINDERS = True
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
SECURE_HSTS_SECONDS = 31_536_000  # sent over TLS only
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # server/http/headers.py sets it for trustworthy origins
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_MAX_SIZE

LOGGING_CONFIG = None  # telemetry/logs.py configures logging
open_log(LOG_LEVEL, LOG_FORMAT, declared_secrets(env))
# --- connectors ------------------------------------------------------------------------------
env.section("Connectors")
CONNECTOR_NETWORKS = env.inside_hosts(
    "CONNECTOR_NETWORKS",
    live=True,
    help="Hosts (`db.example`, `db.example:5432`) and networks inside this network that connectors may reach; "
    "empty: none.",
    guards="Whoever adds connectors reaches no other machine of this network.",
)
CONNECTOR_FILES_DIR = env.text(
    "CONNECTOR_FILES_DIR",
    read=parse_folder,
    help="The folder whose files the connectors `sqlite` and `duckdb` may read; empty: none.",
    guards="Connectors read no other file of this machine.",
)
QUERY_RESULT_HOURS = env.integer(
    "QUERY_RESULT_HOURS",
    default=24,
    help="Hours after which the rows of a query to a connector are deleted; graphs made of them stay.",
    guards="Rows of other systems do not pile up on this server.",
)
QUERY_HISTORY_DAYS = env.integer(
    "QUERY_HISTORY_DAYS",
    default=90,
    help="Days for which the record of a query to a connector is stored, with its encrypted text.",
)


def resolve_secret_reference(text: str, name: str) -> str:
    """The secret that a `secret://` reference of a connector names. Raises ConfigurationError."""
    return resolve(text, name, env.text_of, env.process)


SECRET_REFERENCE_RESOLVER = resolve_secret_reference
CONNECTOR_VARIABLES = {
    name: env.text(
        name,
        secret=name in SECRET_VARIABLES,
        help=f"Defines a connector, as `{json_path}` in `config.json` does; `graphkeep connector adopt` replaces it.",
    )
    for name, json_path in VARIABLES.items()
}
CONFIGURED_CONNECTORS: tuple[dict[str, Any], ...] = tuple(
    configured_connectors(CONNECTOR_VARIABLES.__getitem__, CONFIG_JSON, CONFIG_JSON_PATH)
)
RUNTIME_SETTINGS = LIVE
