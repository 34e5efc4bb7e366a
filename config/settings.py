"""The one settings file. DESIGN: SQLite and no services by default, PostgreSQL, Redis and SMTP by address."""

import sys
from datetime import timedelta
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from kombu import Queue

from config import environment
from config.environment import BASE_DIR, env

SITE_NAME = "Probation Forum"
SITE_URL = environment.site_url()
SITE_HOST = urlsplit(SITE_URL).hostname or ""
PRODUCTION = SITE_URL.startswith("https://")
DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION and DEBUG:
    environment.stop("DEBUG is on; production refuses it")

DATA_DIR = environment.data_dir()
SECRET_KEY = environment.secret_key(DATA_DIR, production=PRODUCTION)
SECRET_KEY_FALLBACKS = [key for key in env.list("SECRET_KEY_FALLBACKS", default=[]) if key]
MAIL_KEYS = environment.mail_keys()
ALLOWED_HOSTS = environment.allowed_hosts(SITE_HOST, production=PRODUCTION)
TRUSTED_PROXIES = environment.trusted_proxies(production=PRODUCTION)
REDIS_URL = env.str("REDIS_URL", default="")

# For measuring only: no pace, rate, proof or likeness rule.
FORUM_LIMITS = env.str("FORUM_LIMITS", default="on") != "off"
if PRODUCTION and not FORUM_LIMITS and env.str("FORUM_LOAD_TEST", default="") != "1":
    environment.stop("FORUM_LIMITS=off is refused in production unless FORUM_LOAD_TEST=1")

# Of Argon2id for the secret phrases of pen names: 64 MiB, and about a fifth of a second.
PHRASE_COST: dict[str, int] = {"memory_cost": 64 * 1024, "iterations": 3, "lanes": 1}

# For measuring: every page rendered anew.
FORUM_PAGE_CACHE = env.str("FORUM_PAGE_CACHE", default="on") != "off"

# The one question that forum asks upwards; see forum/screening.py.
FORUM_SCREENER = "moderation.screening.screen_comment"

# The hour, in London, of the one line a day about cases that wait.
MODERATION_DAILY_HOUR = 18

# Other receipts than those of comments and discussions; see forum/views/receipts.py.
FORUM_OTHER_RECEIPTS = "moderation.views.receipts.other_receipt"
# And which rules a writer should know of; see forum/reminding.py.
FORUM_REMINDER = "moderation.services.topics.remind"

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "moderation",
    "accounts",
    "forum",
    "mptt",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "forum.page_cache.PageCache",
    "forum.visitors.ForgetVisitor",
    "config.headers.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.headers.OwnPagesOnly",
    "config.headers.WholeForms",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.SecondFactor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "forum.context.site",
            ],
        },
    },
]

DATABASES = {"default": environment.database(DATA_DIR, production=PRODUCTION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# "memory" also stands in for a Redis that does not answer (forum/memory.py).
MEMORY_CACHE: dict[str, object] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "memory",
    # Of the 300 that Django would keep, one busy hour would push out counters that are still needed.
    "OPTIONS": {"MAX_ENTRIES": 30_000},
}
CACHES: dict[str, dict[str, object]] = {"default": MEMORY_CACHE, "memory": MEMORY_CACHE}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "forum.memory.RedisOrMemory",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "forum",
        # A Redis that says nothing keeps one request waiting, and no longer than this.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
}
# A worker that is told nothing works on all three; a long run of digests should have one of its own (-Q mail).
CELERY_TASK_QUEUES = [Queue(name) for name in ("celery", "mail", "confirmations")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "accounts.tasks.plan_and_send": {"queue": "mail"},
    "accounts.tasks.send_mail": {"queue": "mail"},
    "accounts.tasks.send_confirmation_mails": {"queue": "confirmations"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "posts": {"task": "forum.tasks.keep_time", "schedule": 60.0, "options": {"expires": 55}},
    "digests": {"task": "accounts.tasks.plan_and_send", "schedule": 60.0, "options": {"expires": 55}},
    "confirmations": {"task": "accounts.tasks.send_confirmation_mails", "schedule": 60.0, "options": {"expires": 55}},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/moderation/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
# Else anybody could have us write to strangers, about a sign-up that is closed.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# allauth locks an account for everybody after five wrong passwords: a way to lock the owner out.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,50/300s/key"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# WebAuthn itself knows only https and http://localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = SITE_NAME
# Half a minute either way: the clocks of phones drift.
MFA_TOTP_TOLERANCE = 1

for name, value in environment.mail(DATA_DIR).items():
    globals()[name] = value
# Of digests: connections to the mail server from one process; mails a second over all, and to one domain (0: no limit).
DIGEST_CONNECTIONS = environment.whole_number("DIGEST_CONNECTIONS", 4, least=1)
DIGEST_RATE = environment.whole_number("DIGEST_RATE", 0)
DIGEST_DOMAIN_RATE = environment.whole_number("DIGEST_DOMAIN_RATE", 0)
DEFAULT_FROM_EMAIL = f"{SITE_NAME} <no-reply@{f'[IPv6:{SITE_HOST}]' if ':' in SITE_HOST else SITE_HOST}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without collectstatic the files are served where they lie, under their plain names.
STATIC_COLLECTED = "collectstatic" in sys.argv or (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# Pages are shared by all readers, so no nonce; a script or style of ours is a file of ours.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
# Not "no-referrer": browsers then send "Origin: null" with our own forms.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_FAILURE_VIEW = "config.failures.csrf_failure"
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = int(timedelta(days=730).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_NAME, SESSION_COOKIE_NAME = "__Host-csrf", "__Host-session"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
# Views that take files (config/headers.py, WholeForms); nothing that is uploaded touches a disk.
FILE_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
APPEND_SLASH = True

LOGGING_CONFIG = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"scrubbed": {"()": "config.logs.ScrubbedFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "scrubbed"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # A line for each 404 or refused form would say when somebody was here, and nothing else.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        **{app: {"level": "INFO"} for app in ("forum", "moderation", "accounts", "config")},
    },
}
