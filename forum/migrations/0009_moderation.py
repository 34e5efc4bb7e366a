"""What moderators say of comments, threads and posts beside their states."""

from importlib import import_module

from django.db import migrations, models

writing = import_module("forum.migrations.0008_writing")


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0008_writing'),
    ]

    operations = [
        migrations.RunPython(writing.forget_search, writing.build_search),
        migrations.AddField(
            model_name='comment',
            name='locked',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='comment',
            name='note',
            field=models.CharField(blank=True, default='', max_length=400),
        ),
        migrations.AddField(
            model_name='comment',
            name='off_topic',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='post',
            name='pinned_note',
            field=models.CharField(blank=True, default='', editable=False, max_length=400),
        ),
        migrations.AlterField(
            model_name='comment',
            name='state',
            field=models.CharField(choices=[('published', 'Published'), ('held', 'Waiting for a moderator'), ('refused', 'Refused by a moderator'), ('removed', 'Removed by a moderator'), ('withdrawn', 'Withdrawn by its author'), ('covered', 'Covered until a moderator decides'), ('moved', 'Moved by a moderator')], max_length=10),
        ),
        migrations.RunPython(writing.build_search, writing.forget_search),
    ]
