"""Rules and reasons as rows; what stood in the one row of screening rules becomes rules and the site's mode."""

from django.db import migrations, models

# As moderation/views/queue.py had them: label, sentence.
REASONS = [
    *((label, label) for label in ("Racism or hate", "Identifies someone", "Personal attack", "Libel")),
    *((label, label) for label in ("Off topic or grade war", "Spam", "The law asks for it")),
    ("Another house rule", "House rules"),
]
REFUSED = "The owner of this site refuses what has certain words. Take them out, then post again."
HELD = "It has a word that a moderator looks at first."
LINKS = "A moderator looks first at comments with more than {}."
OLD = "A moderator looks first at comments on posts older than {} days."


def seed(apps, schema_editor):
    """The reasons and the rule for links that a new site begins with; rules from the old row, where there is one."""
    Rule, Reason = apps.get_model("moderation", "Rule"), apps.get_model("moderation", "Reason")
    if not Reason.objects.exists():
        listed = enumerate(REASONS, 1)
        Reason.objects.bulk_create([Reason(label=label, sentence=said, position=at) for at, (label, said) in listed])
    if not Rule.objects.exists():
        rules = [Rule(active=True, **fields) for fields in wanted(old_row(apps))]
        for position, rule in enumerate(rules, 1):
            rule.position = position
        Rule.objects.bulk_create(rules)


def old_row(apps):
    try:
        return apps.get_model("moderation", "ScreeningRules").objects.filter(pk=1).first()
    except LookupError:
        return None


def wanted(old):
    """The strictest first, as they were asked."""
    most = old.most_links if old else 2
    if old and old.refused_words.strip():
        yield {"kind": "words", "answer": "refuse", "wanted": old.refused_words, "why": REFUSED}
    if old and old.held_words.strip():
        yield {"kind": "words", "answer": "hold", "wanted": old.held_words, "why": HELD}
    links = "1 link" if most == 1 else f"{most} links"
    yield {"kind": "links", "answer": "hold", "number": most, "why": LINKS.format(links)}
    if old and old.older_than_days:
        why = OLD.format(old.older_than_days)
        yield {"kind": "age", "answer": "hold", "number": old.older_than_days, "why": why}


def hold_everything(apps, schema_editor):
    if (old := old_row(apps)) and old.hold_everything:
        apps.get_model("forum", "SiteSettings").objects.update_or_create(pk=1, defaults={"comments": "hold_all"})


def nothing(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = [("forum", "0011_modes"), ("moderation", "0006_topics")]

    operations = [
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("words", "Words"), ("pattern", "Pattern"), ("links", "Links"), ("name", "Names and live cases"), ("age", "Age of the post"), ("hours", "Hours of the night")], max_length=10)),
                ("answer", models.CharField(choices=[("publish", "Publish: no later rule is asked"), ("hold", "Hold: a moderator reads it first"), ("refuse", "Refuse: nothing is stored")], default="hold", max_length=10)),
                ("why", models.CharField(max_length=300)),
                ("active", models.BooleanField(default=False)),
                ("position", models.PositiveIntegerField()),
                ("wanted", models.TextField(blank=True)),
                ("number", models.PositiveIntegerField(null=True)),
                ("begins", models.TimeField(null=True)),
                ("ends", models.TimeField(null=True)),
            ],
            options={"ordering": ["position", "pk"]},
        ),
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=60)),
                ("sentence", models.CharField(max_length=200, unique=True)),
                ("position", models.PositiveIntegerField()),
                ("active", models.BooleanField(default=True)),
            ],
            options={"ordering": ["position", "pk"]},
        ),
        migrations.RunPython(seed, nothing),
        migrations.RunPython(hold_everything, nothing),
        migrations.DeleteModel("ScreeningRules"),
    ]
