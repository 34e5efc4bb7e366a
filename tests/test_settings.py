"""The environment: what stops the start, with which line, and what is made when nothing is set."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys

import pytest

from config.environment import BASE_DIR

PRODUCTION = {
    "SITE_URL": "https://forum.example",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "forum.example",
    "DATABASE_URL": "postgres://u:p@127.0.0.1:1/x",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "TRUSTED_PROXIES": "127.0.0.1",
}


def settings_with(tmp_path, script="print('ok')", **environment):
    """Run a line of Python under settings made of this environment and nothing else."""
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", f"import django; django.setup(); from django.conf import settings as s; {script}"]
    return subprocess.run(command, env=clean | environment, cwd=BASE_DIR, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY (or SECRET_KEY_FILE) is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 characters"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE cannot be read"),
        ({"TRUSTED_PROXIES": "garbage"}, "TRUSTED_PROXIES: 'garbage' is no address"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must begin with postgres:// or sqlite:///"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must begin with"),
        ({"DEBUG": "1"}, "DEBUG is on; production refuses it"),
        ({"FORUM_LIMITS": "off"}, "FORUM_LIMITS=off is refused in production"),
        ({"EMAIL_URL": "pigeon://x"}, "EMAIL_URL must look like"),
        ({"EMAIL_URL": "smtp://127.0.0.1:many"}, "EMAIL_URL must look like"),
        ({"DATABASE_URL": "postgres://u:p@host:many/x"}, "DATABASE_URL cannot be read"),
        ({"SITE_URL": "http://[::1"}, "SITE_URL must be an address"),
        ({"SITE_URL": "https://forum.example:many"}, "SITE_URL must be an address"),
        ({"SITE_URL": "https://forum.example/below"}, "SITE_URL must be an address"),
        ({"SITE_URL": "forum.example"}, "SITE_URL must be an address"),
    ],
)
def test_production_stops_with_one_line(tmp_path, change, line):
    stopped = settings_with(tmp_path, **(PRODUCTION | change))
    assert stopped.returncode == 1
    assert stopped.stderr.startswith("probation-forum: ")
    assert stopped.stderr.count("\n") == 1
    assert line in stopped.stderr


def test_production_has_https_rules(tmp_path):
    script = "print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.SECURE_HSTS_SECONDS)"
    done = settings_with(tmp_path, script, **PRODUCTION)
    assert done.stdout.split() == ["True", "True", "__Host-session", "63072000"]


def test_djangos_own_check_finds_nothing_to_say_in_production(tmp_path):
    script = "from django.core.management import call_command as c; c('check', deploy=True, fail_level='WARNING')"
    done = settings_with(tmp_path, script, **(PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(48)}))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_load_test_in_production_must_be_meant(tmp_path):
    assert settings_with(tmp_path, **PRODUCTION, FORUM_LIMITS="off", FORUM_LOAD_TEST="1").returncode == 0


def test_secrets_may_come_from_files(tmp_path):
    (tmp_path / "key").write_text("k" * 60)
    environment = PRODUCTION | {"SECRET_KEY_FILE": str(tmp_path / "key")}
    del environment["SECRET_KEY"]
    assert settings_with(tmp_path, "print(s.SECRET_KEY)", **environment).stdout.strip() == "k" * 60


def test_without_anything_it_runs_on_sqlite_with_a_key_of_its_own(tmp_path):
    script = "print(s.SECRET_KEY, s.DATABASES['default']['ENGINE'], s.SITE_URL, s.PRODUCTION)"
    first, second = (settings_with(tmp_path, script).stdout.split() for _ in range(2))
    assert first == second
    assert len(first[0]) >= 50
    assert first[1:] == ["django.db.backends.sqlite3", "http://127.0.0.1:8000", "False"]


def test_a_data_folder_may_have_any_name(tmp_path):
    odd = tmp_path / "100% #1 ?"
    script = (
        "from django.core.management import call_command as c; c('migrate', 'contenttypes', verbosity=0); c('check')"
    )
    assert settings_with(odd, script).returncode == 0
    assert (odd / "forum.sqlite3").exists()


def test_a_data_folder_that_is_a_file_stops_with_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    stopped = settings_with(tmp_path / "file")
    assert stopped.stderr.startswith("probation-forum: DATA_DIR")
    assert stopped.stderr.count("\n") == 1


def test_collected_files_carry_their_checksum_in_their_names(tmp_path):
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    subprocess.run(command, env=clean, cwd=BASE_DIR, check=True)
    script = "from django.templatetags.static import static; print(static('css/site.css'))"
    assert re.match(r"/static/css/site\.\w+\.css", settings_with(tmp_path, script).stdout)


def test_an_address_in_version_6_is_a_host_and_a_sender(tmp_path):
    script = "print(s.DEFAULT_FROM_EMAIL, '[::1]' in s.ALLOWED_HOSTS)"
    assert settings_with(tmp_path, script, SITE_URL="http://[::1]:8000").stdout.strip().endswith("@[IPv6:::1]> True")


def test_sqlite_keeps_what_was_written_and_forgets_what_was_deleted(tmp_path):
    script = "from django.db import connection as c; k = c.cursor(); "
    script += (
        "print(*[k.execute('PRAGMA ' + p).fetchone()[0] for p in ('journal_mode', 'synchronous', 'secure_delete')])"
    )
    assert settings_with(tmp_path, script).stdout.split() == ["wal", "2", "1"]


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", "from django.conf import settings as s; print(s.SECRET_KEY)"]
    started = [subprocess.Popen(command, env=clean, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({process.communicate()[0] for process in started}) == 1
    assert [file.name for file in tmp_path.iterdir() if "key" in file.name or file.name.startswith("tmp")] == [
        "secret_key"
    ]


def test_the_port_is_part_of_the_default_address(tmp_path):
    assert settings_with(tmp_path, "print(s.SITE_URL)", PORT="8123").stdout.strip() == "http://127.0.0.1:8123"


def test_the_demo_refuses_production(tmp_path):
    done = settings_with(tmp_path, "from django.core.management import call_command as c; c('demo')", **PRODUCTION)
    assert "demo refuses to run in production" in done.stderr


def test_readyz_tells_which_part_is_down(tmp_path):
    script = "from config.health import *; from django.test import RequestFactory as F; r = readyz(F().get('/')); print(r.status_code, r.content)"
    done = settings_with(tmp_path, script, REDIS_URL="redis://127.0.0.1:1/0")
    assert "503" in done.stdout
    assert '"database": true, "cache": false, "broker": false' in done.stdout
