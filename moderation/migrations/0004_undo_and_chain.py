"""Decisions that are chained by hashes and can be undone, with a case or without; what words were taken out of."""

import datetime
import hashlib
import json
from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

log = import_module("moderation.migrations.0002_append_only_log")


def chain(apps, schema_editor):
    """Lines that were there say what they are about, and get their hashes (as moderation/services/log.py makes them)."""
    last = "0" * 64
    for line in apps.get_model("moderation", "Decision").objects.select_related("case").order_by("pk"):
        line.post_id, line.comment_id = line.case.post_id, line.case.comment_id
        said = {
            **{name: getattr(line, name) for name in ("case_id", "post_id", "comment_id", "moderator_id", "action")},
            **{name: getattr(line, name) for name in ("reason", "internal_note", "undoes_id", "batch")},
            **{"before": line.before, "after": line.after},
            "decided_at": line.decided_at.astimezone(datetime.UTC).isoformat(),
        }
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        last = line.chain = hashlib.sha256(f"{last}\n{text}".encode()).hexdigest()
        line.save()
    if schema_editor.connection.vendor == "postgresql":  # Which alters no table that has checks of keys to come.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def nothing(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0009_moderation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("moderation", "0003_appeals"),
    ]

    operations = [
        migrations.RunPython(log.drop, log.create),
        migrations.AddField("decision", "post", models.ForeignKey("forum.Post", django.db.models.deletion.RESTRICT, related_name="+", null=True)),
        migrations.AddField("decision", "comment", models.ForeignKey("forum.Comment", django.db.models.deletion.RESTRICT, related_name="decisions", null=True)),
        migrations.AddField("decision", "internal_note", models.CharField(max_length=400, blank=True, default=""), preserve_default=False),
        migrations.AddField("decision", "undoes", models.OneToOneField("moderation.Decision", django.db.models.deletion.RESTRICT, related_name="undone_by", null=True)),
        migrations.AddField("decision", "batch", models.CharField(max_length=32, blank=True, db_index=True, default=""), preserve_default=False),
        migrations.AddField("decision", "before", models.JSONField(default=dict)),
        migrations.AddField("decision", "after", models.JSONField(default=dict)),
        migrations.AddField("decision", "chain", models.CharField(max_length=64, default=""), preserve_default=False),
        migrations.RunPython(chain, nothing),
        migrations.AlterField("decision", "post", models.ForeignKey("forum.Post", django.db.models.deletion.RESTRICT, related_name="+")),
        migrations.AlterField("decision", "case", models.ForeignKey("moderation.Case", django.db.models.deletion.RESTRICT, related_name="decisions", null=True)),
        migrations.AlterField("decision", "moderator", models.ForeignKey(settings.AUTH_USER_MODEL, django.db.models.deletion.RESTRICT, related_name="+", null=True)),
        migrations.AlterField("decision", "action", models.CharField(choices=[('approve', 'Publish it'), ('refuse', 'Refuse it'), ('keep', 'Keep it'), ('note', 'Keep it with a note'), ('remove', 'Remove it'), ('restore', 'Restore it'), ('dismiss', 'Close the case'), ('cover', 'Cover it until it is decided'), ('off_topic', 'Mark it as off topic'), ('on_topic', 'It is on topic'), ('redact', 'Take words out'), ('lock', 'Lock its thread'), ('unlock', 'Unlock its thread'), ('slow', 'Slow its thread'), ('unslow', 'End slow mode'), ('pin', 'Pin a note'), ('unpin', 'Take the note down'), ('move', 'Move it with its replies'), ('answer', 'Answer it'), ('undo', 'Undo')], max_length=12)),
        migrations.RunPython(log.create, log.drop),
        migrations.AlterField("case", "outcome", models.CharField(blank=True, max_length=12)),
        migrations.CreateModel(
            name="Redaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.TextField()),
                ("redacted", models.TextField()),
                ("erase_at", models.DateTimeField(db_index=True)),
                ("decision", models.OneToOneField("moderation.Decision", django.db.models.deletion.RESTRICT, related_name="redaction")),
            ],
        ),
    ]
