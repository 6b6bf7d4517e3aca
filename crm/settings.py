"""The one settings file, read from the environment (`.env` beside manage.py is read if there).

Safe by default: debug is off unless asked, and outside debug a secret key is required. With nothing set at all
but DEBUG=1, everything runs in one process on SQLite.
"""

from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from crm import tiles
from crm.backstage import (  # noqa: F401 - they are settings
    API_CHOICES,
    AUDIT_WORDS,
    DEMO_PARTS,
    EXPORT_KINDS,
    IMPORT_KINDS,
    INTEGRITY_CHECKS,
    JOB_KINDS,
    MERGE_RULES,
    NIGHTLY,
    NOTIFICATION_KINDS,
    PRIVACY_RULES,
    PURGED_WITH_NOTIFICATIONS,
)
from crm.features import (  # noqa: F401 - they are settings
    BULK_KINDS,
    CUSTOMER_PANELS,
    CUSTOMER_TABS,
    DRIVES_SOURCE,
    ENTRY_CHECKS,
    ENTRY_FIELDS,
    ESTIMATE_RECORD,
    EVIDENCE_LINKS,
    HOME_PANELS,
    LIST_EXTRAS,
    MOVED_CUSTOMERS,
    NAV,
    PERSON_PANELS,
    PORTAL_INVITE,
    PORTAL_PANELS,
    PROMOTION_PAST,
    PROMOTION_PLAN_PANELS,
    QUICK,
    SEARCH_PROVIDERS,
    SEARCH_SOURCES,
    TIMELINE,
    TODAY_BUSY,
    TODAY_CUSTOMERS,
    TODAY_SOURCES,
    TODAY_STILL_TAKING,
    TODAY_TAKERS,
    TRUST_SOURCES,
    VISIT_PANELS,
    VISIT_SUGGESTIONS,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY is required unless DEBUG=1")
    SECRET_KEY = "debug-only-key-never-used-outside-debug-0123456789"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where dealers find this server (https://host, no slash), for links in letters; none: where whoever makes one is.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
# TLS=1 when a proxy in front speaks HTTPS: redirects, HSTS and __Host- cookies.
TLS = env.bool("TLS", default=not DEBUG)
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

INSTALLED_APPS = [
    "crm",
    "customers",
    "visits",
    "promotions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "crm.middleware.RequestContext",
    # Outside those that answer by themselves, so that redirects and static files carry it as well.
    "crm.middleware.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Below the dealers' prefix nobody is a user of ours: before anything that asks who somebody is.
    "customers.portal.door.Door",
    "crm.middleware.SessionLimits",
    "crm.middleware.Preferences",
    "crm.middleware.BodyLimit",
    "crm.middleware.Busy",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.shell.htmx.HtmxAnswers",
    "crm.accounts.factor.SecondFactor",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.shell.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- database -------------------------------------------------------------------------------------------------

# What commands and workers may take, and what the web server may (crm/patience.py).
POSTGRES_LONG = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=10min"
POSTGRES_SHORT = "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'qiao.sqlite3'}")}
_db = DATABASES["default"]
# Tokens are our own model: knox's migrations would leave an empty table that points at people and blocks a flush.
MIGRATION_MODULES = {"knox": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if _db["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    # IMMEDIATE + WAL: the only combination with 0 "database is locked" among eight writers.
    _db["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
            "PRAGMA wal_autocheckpoint=1000;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY"
        ),
    }
else:
    _db["CONN_MAX_AGE"] = 60
    _db["CONN_HEALTH_CHECKS"] = True
    _db["OPTIONS"] = {
        "options": POSTGRES_LONG,
        "application_name": "qiao",
        "connect_timeout": 5,
    }

# --- cache, broker --------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "crm.cache.ForgivingRedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "qiao"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "crm_cache",  # the table and size that crm.cache falls back to
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 3000
CELERY_TASK_TIME_LIMIT = 3300
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    # A request that only drops a hint must not wait for a broker that is away (kombu's default: 6 s and more).
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_VISIBILITY_TIMEOUT = 3600
CELERY_TIMEZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "reconcile": {"task": "crm.jobs.tasks.reconcile", "schedule": 5.0, "options": {"expires": 5}},
    "nightly": {"task": "crm.jobs.tasks.nightly", "schedule": 60.0, "options": {"expires": 60}},
}

# --- language, time, money ------------------------------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="zh-hans")
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "crm" / "locale"]
FORMAT_MODULE_PATH = "crm.locale"
LANGUAGE_COOKIE_NAME = "qiao_language"
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
FIRST_DAY_OF_WEEK = 1
CURRENCY = env.str("CURRENCY", default="CNY")
COMPANY_NAME = env.str("COMPANY_NAME", default="")

# --- people, sessions -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "crm.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# No letters to those who have no account: else anybody could have Qiao write to anybody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
# None: people choose by a tick. Unticked, the session ends with the browser.
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_FORMS = {"login": "crm.accounts.forms.SignInForm"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {
    # 10 tries in 15 minutes for an account, 50 for an address; nobody else is locked out by it.
    "login": "120/m/ip",
    "login_failed": "50/15m/ip,10/15m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "10/15m/user",
    "reauthenticate": "10/15m/user",
    # At the dealers' door: tries from one address, and links asked for by one e-mail address.
    "portal_address": "30/m/ip",
    "portal_ask": "5/h/key",
    # What a dealer writes to us.
    "portal_issue": "20/h/key",
    "portal_visit": "30/h/key",
    "portal_notice": "60/h/key",
    "portal_promotion": "60/h/key",
    # How often the calendars of one address ask.
    "calendar_feed": "60/m/ip",
    "survey_answer": "30/m/ip",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# The admin asks its people for a second factor, and administrators and heads need one everywhere. On one's own machine
# (debug, or no TLS) the demo's people just sign in.
ADMIN_MFA = env.bool("ADMIN_MFA", default=TLS)
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=TLS)
SESSION_IDLE = timedelta(hours=3)
SESSION_ABSOLUTE = timedelta(hours=12)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "crm.shell.errors.csrf_failure"

# --- the web --------------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}
# --- maps: everything works without; a tile server is drawn under the points and named in the policy ----------------

# https://{s}.tiles.example/{z}/{x}/{y}.png in Web Mercator; TILE_DATUM is the coordinate system its pictures are in
# (wgs84, gcj02, bd09), to which points are shifted.
TILE_URL = env.str("TILE_URL", default="")
TILE_DATUM = env.str("TILE_DATUM", default="wgs84")
TILE_ATTRIBUTION = env.str("TILE_ATTRIBUTION", default="")
if TILE_DATUM not in ("wgs84", "gcj02", "bd09"):
    raise ImproperlyConfigured("TILE_DATUM must be wgs84, gcj02 or bd09")
try:
    SECURE_CSP["img-src"] += [origin for origin in [tiles.source(TILE_URL)] if origin]
except ValueError as wrong:
    raise ImproperlyConfigured(f"TILE_URL is {wrong}") from wrong
# A server that answers OSRM's /table, for times on the road; "": they are estimated. How long it may take to answer.
ROUTER_URL = env.str("ROUTER_URL", default="")
ROUTER_SECONDS = env.float("ROUTER_SECONDS", default=5.0)
if ROUTER_URL and not ROUTER_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("ROUTER_URL must begin with http:// or https://")
# A callable (address, city, province) -> (latitude, longitude, datum) or None.
GEOCODER = env.str("GEOCODER", default="customers.finding.geocoding.by_place")

# What is kept on a phone (crm/shell/installing.py): its page, the list of what to keep, for whom (`user -> bool`), and
# parts of pages that scripts ask for.
PHONE_PAGE, PHONE_LIST = "visits:phone", "visits:phone-list"
PHONE_MAY, PHONE_PARTS = "visits.plan.visiting.visits_anybody", ["/contacts/quick/"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TLS:
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=200 * 1024 * 1024)
# Photos and documents of customers: each file, what a request may bring of them, and what one may grow to.
FILE_MAX_BYTES = env.int("FILE_MAX_BYTES", default=20 * 1024 * 1024)
FILE_MAX_PIXELS = env.int("FILE_MAX_PIXELS", default=50_000_000)
FILE_MAX_UNPACKED = env.int("FILE_MAX_UNPACKED", default=200 * 1024 * 1024)
FILES_AT_ONCE = 20
FILES_MAX_BYTES = 5 * FILE_MAX_BYTES
# (address, how large a body may be there); nowhere else.
UPLOAD_PATHS = (
    (r"/imports/new/", IMPORT_MAX_BYTES),
    (r"/api/v1/imports/", IMPORT_MAX_BYTES),
    (r"/customers/\d{1,18}/files/add/", FILES_MAX_BYTES),
    (r"/api/v1/customers/\d{1,18}/files/", FILE_MAX_BYTES),
    (r"/visits/(?:\d{1,18}/)?report/(?:new|photos)/", FILES_MAX_BYTES),
)
# A callable `(file) -> None` by its dotted path that raises crm.scanning.Infected; crm.scanning.clamd and .command are
# there.
VIRUS_SCANNER = env.str("VIRUS_SCANNER", default="")
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="127.0.0.1:3310")
VIRUS_COMMAND = env.str("VIRUS_COMMAND", default="clamdscan --no-summary -")

# Keys that seal sensitive fields, newest first (crm/crypt.py); none: one that follows from SECRET_KEY.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
SEALED_COLUMNS = ["customers.Fact.value"]
# How long a sensitive fact is kept when nobody says otherwise.
SENSITIVE_FACTS_DAYS = env.int("SENSITIVE_FACTS_DAYS", default=730)
# Whether an erasure needs a second person, an administrator other than whoever asked.
ERASURE_FOUR_EYES = env.bool("ERASURE_FOUR_EYES", default=False)
# What the night does about what was kept long enough (docs/operators.md). 0 switches a rule off.
RETAIN_PROSPECT_MONTHS = env.int("RETAIN_PROSPECT_MONTHS", default=24)
# propose: show prospects without activity for so long to administrators; erase: erase them.
RETAIN_PROSPECTS = env.str("RETAIN_PROSPECTS", default="propose")
RETAIN_IMPORT_FILES_DAYS = env.int("RETAIN_IMPORT_FILES_DAYS", default=90)
RETAIN_READ_LOG_DAYS = env.int("RETAIN_READ_LOG_DAYS", default=1095)
# Links and sessions of dealers are deleted so many days after they ended.
RETAIN_PORTAL_DAYS = env.int("RETAIN_PORTAL_DAYS", default=180)
# Dotted path of `() -> {tier: days between visits}`; None: the usual ones.
CADENCE_OF_TIERS: str | None = "customers.tiers.policies.cadence_of_tiers"
# Dotted path of `() -> {tier: money a year}`; None: not known.
SUPPORT_COST_OF_TIER: str | None = "customers.support.entitlements.cost_of_tiers"
if RETAIN_PROSPECTS not in ("propose", "erase"):
    raise ImproperlyConfigured("RETAIN_PROSPECTS must be propose or erase")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Embedded and tests: files are served from where they lie. Production: `collectstatic`, hashed names.
STATIC_HASHED = env.bool("STATIC_HASHED", default=not DEBUG)
WHITENOISE_USE_FINDERS = not STATIC_HASHED
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES: dict[str, dict] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if STATIC_HASHED
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "crm.storage.ObjectStorage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY", default="") or None,
            "secret_key": env.str("S3_SECRET_KEY", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "file_overwrite": False,
            "default_acl": None,
        },
    }
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = ""  # uploads are private: served only by views that check who asks

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="qiao@localhost")

# --- API ------------------------------------------------------------------------------------------------------

KNOX_TOKEN_MODEL = "crm.ApiToken"
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=365),
    "TOKEN_MODEL": "crm.ApiToken",
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_LIMIT_PER_USER": None,
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crm.api.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["crm.api.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.api.parsers.SafeJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "crm.api.pagination.StrictCursorPagination",
    "DEFAULT_SCHEMA_CLASS": "crm.api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["crm.api.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="1200/min")},
    "EXCEPTION_HANDLER": "crm.api.errors.exception_handler",
    # No OPTIONS: its answer would list what a related field may hold.
    "DEFAULT_METADATA_CLASS": None,
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Qiao API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["crm.api.permissions.RolePermission"],
    "DESCRIPTION": (
        "Customers, sales and tiers, with the same rules and words as the pages. What is not yours answers 404 like "
        "what does not exist. Amounts are decimal strings, dates ISO 8601. POSTs take an `Idempotency-Key`; changing "
        "a customer needs `If-Match` with the `ETag` of the version you saw."
    ),
    "SERVERS": [],
    "SERVE_AUTHENTICATION": None,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": API_CHOICES,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "crm.api.schema.say_what_is_strict",
        "crm.api.schema.document_refusals",
    ],
}

# --- jobs -----------------------------------------------------------------------------------------------------

JOBS_LEASE_SECONDS = env.int("JOBS_LEASE_SECONDS", default=30)
JOBS_EMBEDDED = env.bool("JOBS_EMBEDDED", default=not REDIS_URL)

# --- logs -----------------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
# Addresses that let somebody in: what follows is left out of every line.
SECRET_PATHS = (r"/portal/in/", r"/portal/survey/", r"/ical/")
LOG_FORMAT = env.str("LOG_FORMAT", default="plain" if DEBUG else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "crm.logs.ContextFilter"}},
    "formatters": {
        "json": {"()": "crm.logs.formatter", "json": True},
        "plain": {"()": "crm.logs.formatter", "json": False},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["context"]},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}
