"""A case can be left to a colleague. Choices are none of the database's matter, so the log keeps its triggers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0008_removal_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("case", "left_by", models.ForeignKey(settings.AUTH_USER_MODEL, django.db.models.deletion.RESTRICT, related_name="+", null=True)),
        migrations.AlterField("decision", "action", models.CharField(choices=[('approve', 'Publish it'), ('refuse', 'Refuse it'), ('keep', 'Keep it'), ('note', 'Keep it with a note'), ('remove', 'Remove it'), ('restore', 'Restore it'), ('dismiss', 'Close the case'), ('cover', 'Cover it until it is decided'), ('off_topic', 'Mark it as off topic'), ('on_topic', 'It is on topic'), ('redact', 'Take words out'), ('lock', 'Lock its thread'), ('unlock', 'Unlock its thread'), ('slow', 'Slow its thread'), ('unslow', 'End slow mode'), ('pin', 'Pin a note'), ('unpin', 'Take the note down'), ('move', 'Move it with its replies'), ('answer', 'Answer it'), ('hand_over', 'Leave it to a colleague'), ('undo', 'Undo')], max_length=12)),
    ]
