"""Comments that moderators moved to another post: their old numbers lead on, and a signpost stands at the old place."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

writing = import_module("forum.migrations.0008_writing")


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0009_moderation'),
    ]

    operations = [
        migrations.RunPython(writing.forget_search, writing.build_search),
        migrations.CreateModel(
            name='MovedComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(null=True)),
                ('by_starter', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='comment',
            name='joined_as',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'moved'), _negated=True), models.Q(('fragment', ''), ('html', ''), ('name', ''), ('pen_name__isnull', True), ('source', ''), ('voice__isnull', True), ('receipt_hash__isnull', True)), _connector='OR'), name='signpost_is_empty'),
        ),
        migrations.AddField(
            model_name='movedcomment',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='moves', to='forum.comment'),
        ),
        migrations.AddField(
            model_name='movedcomment',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='forum.post'),
        ),
        migrations.AddField(
            model_name='movedcomment',
            name='signpost',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='moved', to='forum.comment'),
        ),
        migrations.AddIndex(
            model_name='movedcomment',
            index=models.Index(fields=['post', 'number'], name='moved_number'),
        ),
        migrations.RunPython(writing.build_search, writing.forget_search),
    ]
