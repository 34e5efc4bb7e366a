"""The samples for production say what the code says: names, sizes, roles, and nothing kept of a reader."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands

from config.environment import BASE_DIR
from config.headers import MAX_UPLOAD
from config.launch import servers
from tests.run import SETTINGS

DEPLOY = BASE_DIR / "config" / "deploy"
COMPOSE = (BASE_DIR / "compose.yaml").read_text()
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text()
NGINX = (DEPLOY / "nginx.conf").read_text()
SAMPLE = (DEPLOY / "environment").read_text()
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NEEDED = {"SITE_URL", "ALLOWED_HOSTS", "SECRET_KEY", "EMAIL_URL", "TRUSTED_PROXIES", "DATABASE_URL", "REDIS_URL"}
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "TLS_DIR"}


def unit(path) -> configparser.ConfigParser:
    """A unit file; of a key that comes twice, the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(path)
    return parser


def nginx_size(location: str, key: str = "client_max_body_size") -> int:
    """Bytes that nginx takes in a location, or ("") in the server around them."""
    text = NGINX.split(f"location {location} {{")[1] if location else NGINX.split("ssl_certificate ")[1]
    return int(re.search(rf"{key} (\d+)m;", text)[1]) * 1024 * 1024


def test_the_environment_has_all_that_production_needs_and_nothing_unknown():
    sample = set(re.findall(r"^(\w+)=", SAMPLE, re.M))
    assert sample == NEEDED | COMPOSE_ONLY
    assert set(SETTINGS) >= NEEDED
    site = COMPOSE.split("x-site:")[1].split("networks:")[0]
    assert set(re.findall(r"^    (\w+):", site, re.M)) == NEEDED
    assert set(re.findall(r"\$\{(\w+)", COMPOSE)) <= sample


def test_images_are_named_without_a_registry():
    images = re.findall(r"(?:image:|FROM) (\S+)", COMPOSE + DOCKERFILE)
    assert {image.split(":")[0] for image in images} == {"python", "probation-forum", "postgres", "redis", "nginx"}


def test_the_image_holds_every_app_and_installs_by_checksum():
    copied = {words.split()[0] for words in re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, re.M)}
    ours = {name for app in apps.get_app_configs() if (BASE_DIR / (name := app.name.split(".")[0])).is_dir()}
    assert copied == ours | {"templates", "static", "manage.py", "requirements.txt"}
    assert "--require-hashes" in DOCKERFILE
    assert DOCKERFILE.index("\nUSER forum") < DOCKERFILE.index("collectstatic")


def test_neither_server_writes_down_what_readers_do():
    assert sorted(re.findall(r"-c(log\w+=\w+)", COMPOSE)) == sorted(servers.SILENT)
    assert '--save, "", --appendonly, "no", --slowlog-max-len, "0"' in COMPOSE
    assert COMPOSE.count("logging: *logging") == len(re.findall(r"^    image:|^  image:", COMPOSE, re.M))
    assert COMPOSE.count("volumes:\n  database") == 1


def test_nginx_keeps_no_log_and_puts_nothing_on_a_disk():
    blocks = NGINX.split("\nserver {")[1:]
    assert len(blocks) == 2
    for block in blocks:
        assert "access_log off;" in block
        assert "error_log /dev/null emerg;" in block
    paths = re.findall(r"_path (\S+?)[ ;]", NGINX)
    assert len(paths) == 3
    assert all(path.startswith("/run/") for path in paths)


def test_nginx_lets_the_site_say_what_is_too_large():
    assert nginx_size("") > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert nginx_size("= /desk/pictures/") == MAX_UPLOAD
    assert nginx_size("") == nginx_size("", "client_body_buffer_size")
    assert nginx_size("= /desk/pictures/", "client_body_buffer_size") > settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def test_nginx_tells_the_address_that_it_sees_and_is_believed():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    socket = re.search(r"server unix:(\S+);", NGINX)[1]
    assert unit(DEPLOY / "systemd" / "probation-forum-web.socket")["Socket"]["ListenStream"] == socket
    assert f'"unix:{socket}"' in DOCKERFILE
    assert "TRUSTED_PROXIES=unix\n" in SAMPLE
    assert "TRUSTED_PROXIES: unix\n" in COMPOSE


def test_nginx_keeps_pages_of_posts_for_a_second_and_nothing_else(post):
    kept = re.compile(re.search(r'location ~ "(.+)" {', NGINX)[1])
    assert kept.search(post.get_absolute_url())
    for path in ("/", "/posted/x/", "/receipts/", "/desk/", f"{post.get_absolute_url()}/comments", "/accounts/login/"):
        assert not kept.search(path)
    assert NGINX.count("proxy_cache probation_forum;") == 1
    assert "proxy_cache_valid 200 1s;" in NGINX
    assert 'proxy_cache_key "$time_iso8601 ' in NGINX
    assert "proxy_cache_bypass $http_cookie;" in NGINX
    assert "proxy_no_cache $http_cookie $probation_forum_private;" in NGINX


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_services_run_what_there_is(path):
    for command in re.findall(r"^ExecStart=(.+)$", path.read_text(), re.M):
        program, *words = command.split()
        assert program.startswith("/opt/probation-forum/.venv/bin/")
        if "manage.py" in words:
            assert words[words.index("manage.py") + 1] in get_commands()
        assert all((BASE_DIR / word).exists() for word in words if word.endswith(".py"))


def test_roles_are_the_same_with_systemd_and_with_compose():
    def roles(text: str) -> set[str]:
        return {name for name in ("gunicorn", "worker", "beat", "migrate") if re.search(rf"\b{name}\b", text)}

    services = " ".join(re.search(r"^ExecStart=.*", path.read_text(), re.M)[0] for path in UNITS)
    commands = " ".join(re.findall(r"^    command: .*|^CMD .*", COMPOSE + DOCKERFILE, re.M))
    assert roles(services) == roles(commands) == {"gunicorn", "worker", "beat", "migrate"}


def test_services_may_write_in_one_folder_only():
    common = unit(DEPLOY / "systemd" / "probation-forum-.service.d" / "common.conf")["Service"]
    assert common["ProtectSystem"] == "strict"
    assert common["NoNewPrivileges"] == "yes"
    assert common["StateDirectory"] in common["Environment"]
    assert common["LimitCORE"] == "0"


def test_the_health_check_of_the_container_tells_a_site_from_none(site):
    def ready(port: int) -> int:
        environment = site.env | {"PORT": str(port), "SITE_URL": f"https://127.0.0.1:{port}"}
        command = [sys.executable, str(DEPLOY / "ready.py")]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    assert ready(site.port) == 0
    assert ready(servers.port_nobody_uses()) == 1
