"""Voices, pen names, comments that appear later, edits and appeals, and the settings that go with them."""

from importlib import import_module

import django.db.models.deletion
import uuid
from django.db import migrations, models

search = import_module("forum.migrations.0005_search")


def forget_search(apps, schema_editor):
    """SQLite makes the table anew below, without the triggers that keep the search index."""
    if schema_editor.connection.vendor == "sqlite":
        search.forget(apps, schema_editor)


def build_search(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        search.build(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0007_fragments'),
    ]

    operations = [
        migrations.RunPython(forget_search, build_search),
        migrations.CreateModel(
            name='LaterComment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.TextField()),
                ('name', models.CharField(blank=True, max_length=40)),
                ('by_starter', models.BooleanField(default=False)),
                ('receipt_hash', models.CharField(max_length=64, unique=True)),
                ('release_at', models.DateTimeField(db_index=True)),
                ('held_by_rule', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('held_detail', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='PenName',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40)),
                ('skeleton', models.CharField(max_length=120, unique=True)),
                ('phrase_hash', models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Voice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=64)),
                ('mark', models.CharField(max_length=40)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='comment',
            name='withdrawn_comment_is_empty',
        ),
        migrations.RemoveConstraint(
            model_name='ticket',
            name='ticket_leads_to_one_thing',
        ),
        migrations.AddField(
            model_name='comment',
            name='appealed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='comment',
            name='edited_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='comment',
            name='slow_minutes',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='sitesettings',
            name='later_for_all',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='sitesettings',
            name='strict_check',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='sitesettings',
            name='voices_by_default',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='sitesettings',
            name='watched_names',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='latercomment',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='forum.comment'),
        ),
        migrations.AddField(
            model_name='latercomment',
            name='post',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='later_comments', to='forum.post'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='later',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='forum.latercomment'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('comment__isnull', False), ('later__isnull', True), ('post__isnull', True)), models.Q(('comment__isnull', True), ('later__isnull', True), ('post__isnull', False)), models.Q(('comment__isnull', True), ('later__isnull', False), ('post__isnull', True)), _connector='OR'), name='ticket_leads_to_one_thing'),
        ),
        migrations.AddField(
            model_name='latercomment',
            name='pen_name',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='forum.penname'),
        ),
        migrations.AddField(
            model_name='comment',
            name='pen_name',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='comments', to='forum.penname'),
        ),
        migrations.AddField(
            model_name='voice',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='voices', to='forum.post'),
        ),
        migrations.AddField(
            model_name='latercomment',
            name='voice',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='forum.voice'),
        ),
        migrations.AddField(
            model_name='comment',
            name='voice',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='comments', to='forum.voice'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('fragment', ''), ('html', ''), ('name', ''), ('pen_name__isnull', True), ('source', ''), ('voice__isnull', True)), _connector='OR'), name='withdrawn_comment_is_empty'),
        ),
        migrations.AddConstraint(
            model_name='voice',
            constraint=models.UniqueConstraint(fields=('post', 'key'), name='voice_key'),
        ),
        migrations.AddConstraint(
            model_name='voice',
            constraint=models.UniqueConstraint(fields=('post', 'mark'), name='voice_mark'),
        ),
        migrations.RunPython(build_search, forget_search),
    ]
