"""The arrows of the house: config -> moderation, accounts -> forum, and none the other way."""

import ast
import io
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "forum": {"forum"},
    "moderation": {"moderation", "forum"},
    "accounts": {"accounts", "forum"},
    "config": {"config", "moderation", "accounts", "forum"},
}


def imports_of(source: str) -> set[str]:
    """The first part of every module that this source imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def forbidden(app: str, source: str) -> set[str]:
    return (imports_of(source) & set(MAY_IMPORT)) - MAY_IMPORT[app]


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_no_import_goes_against_the_arrows(app):
    wrong = {
        str(path.relative_to(ROOT)): names
        for path in (ROOT / app).rglob("*.py")
        if (names := forbidden(app, path.read_text()))
    }
    assert wrong == {}


def test_a_forbidden_import_would_be_found_wherever_it_stands():
    assert forbidden("forum", "def f():\n    from moderation.models import Case") == {"moderation"}
    assert forbidden("accounts", "import moderation.services as s") == {"moderation"}


def test_only_markup_touches_the_sanitisers_and_only_the_tree_writes_through_mptt():
    allowed = {
        "bleach": {"forum/markup.py"},
        "nh3": {"forum/markup.py"},
        "mptt": {"forum/typed_mptt.py"},
        "PIL": {"forum/pictures.py"},
    }
    for package, files in allowed.items():
        users = {
            str(path.relative_to(ROOT))
            for app in MAY_IMPORT
            for path in (ROOT / app).rglob("*.py")
            if "migrations" not in path.parts and package in imports_of(path.read_text())
        }
        assert users == files


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common", "core", "admin.py"])
def test_no_drawer_for_odds_and_ends(name):
    assert [path for app in MAY_IMPORT for path in (ROOT / app).rglob(name)] == []


def test_migrations_say_what_the_models_say(db):
    call_command("makemigrations", dry_run=True, stdout=(said := io.StringIO()))
    assert said.getvalue().strip() == "No changes detected"


def test_pinned_packages_name_no_host():
    for path in ROOT.glob("requirements*.txt"):
        assert "://" not in path.read_text()
    assert not (ROOT / "uv.lock").exists()
