from django.db import migrations, models


def let_go(apps, schema_editor):
    """What an older release left on its way: nobody knows whether it arrived."""
    apps.get_model("accounts", "Delivery").objects.filter(state="sending").update(state="uncertain")


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_brought"),
    ]

    operations = [
        migrations.RunPython(let_go, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="delivery", name="delivery_queue"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["cadence", "not_before", "id"], name="delivery_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["claimed", "sending"])),
                fields=("subscriber",),
                name="one_delivery_at_a_time",
            ),
        ),
    ]
