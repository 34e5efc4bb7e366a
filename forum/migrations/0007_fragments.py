"""Each comment's article as its page shows it, and the clock times that name other comments."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

search = import_module("forum.migrations.0005_search")


def forget_search(apps, schema_editor):
    """SQLite makes the table anew below, without the triggers that keep the search index."""
    if schema_editor.connection.vendor == "sqlite":
        search.forget(apps, schema_editor)


def build_search(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        search.build(apps, schema_editor)


def keep_fragments_at_hand(apps, schema_editor):
    """PostgreSQL moves the longest text of a wide row elsewhere; it is to be any other than the one that is read."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE forum_comment ALTER COLUMN fragment SET STORAGE MAIN", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0006_thread_version'),
    ]

    operations = [
        migrations.RunPython(forget_search, build_search),
        migrations.CreateModel(
            name='TimeReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('minute', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['comment', 'start', 'target'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='comment',
            name='withdrawn_comment_is_empty',
        ),
        migrations.AddField(
            model_name='comment',
            name='fragment',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='comment',
            name='look',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['look'], name='comment_look'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('fragment', ''), ('html', ''), ('name', ''), ('source', '')), _connector='OR'), name='withdrawn_comment_is_empty'),
        ),
        migrations.AddField(
            model_name='timereference',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='forum.comment'),
        ),
        migrations.AddField(
            model_name='timereference',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='forum.post'),
        ),
        migrations.AddField(
            model_name='timereference',
            name='target',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='named_in', to='forum.comment'),
        ),
        migrations.AddIndex(
            model_name='timereference',
            index=models.Index(fields=['post', 'minute'], name='reference_minute'),
        ),
        migrations.RunPython(keep_fragments_at_hand, migrations.RunPython.noop),
        migrations.RunPython(build_search, forget_search),
    ]
