"""What happens to new comments, on the site and on a post; and that no moderator is there."""

from importlib import import_module

from django.db import migrations, models

writing = import_module("forum.migrations.0008_writing")


class Migration(migrations.Migration):
    dependencies = [("forum", "0010_moved_comments")]

    operations = [
        migrations.RunPython(writing.forget_search, writing.build_search),
        migrations.AddField("post", "hold_links", models.BooleanField(default=False)),
        migrations.AddField("sitesettings", "comments", models.CharField(choices=[("open", "Open: they appear at once, unless a rule holds them"), ("hold_links", "Hold links: a moderator reads those with a link first"), ("hold_all", "Hold all: a moderator reads each first"), ("closed", "Closed: no new comments")], default="open", max_length=10)),
        migrations.AddField("sitesettings", "away_after_hours", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("sitesettings", "away", models.BooleanField(default=False)),
        migrations.AddField("sitesettings", "queue_opened_at", models.DateTimeField(null=True)),
        migrations.RunPython(writing.build_search, writing.forget_search),
    ]
