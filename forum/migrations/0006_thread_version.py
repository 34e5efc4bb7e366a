"""The counters behind forum/page_version.py.

On SQLite a new column makes the table of posts anew, without the triggers of the search index (0005_search.py).
"""

from importlib import import_module

from django.db import migrations, models

search = import_module("forum.migrations.0005_search")


def on_sqlite(step):
    """Only where the table is made anew: elsewhere the index and its triggers stay."""

    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            step(apps, schema_editor)

    return run


def begin_to_count(apps, schema_editor):
    apps.get_model("forum", "SharedVersion").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_search")]
    operations = [
        migrations.RunPython(on_sqlite(search.forget), on_sqlite(search.build)),
        migrations.AddField("post", "thread_version", models.PositiveBigIntegerField(default=0, editable=False)),
        migrations.RunPython(on_sqlite(search.build), on_sqlite(search.forget)),
        migrations.CreateModel(
            name="SharedVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(begin_to_count, migrations.RunPython.noop),
    ]
