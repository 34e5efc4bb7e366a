"""What readers may say is wrong with a comment, how much harm waiting may do, and why somebody asks for a removal."""

from django.db import models


class Severity(models.IntegerChoices):
    """How much harm waiting may do; the queue begins with the greatest."""

    ORDINARY = 1
    SERIOUS = 2
    URGENT = 3


class Category(models.TextChoices):
    """What a reader may say is wrong with a comment; the worst first."""

    RACISM_OR_HATE = "racism_or_hate", "Racism or hate"
    THREATENS = "threatens", "Threatens somebody"
    IDENTIFIES_SOMEONE = "identifies_someone", "Identifies someone"
    LIBEL = "libel", "Libel"
    SUB_JUDICE = "sub_judice", "Live court case, or a victim named"
    PERSONAL_ATTACK = "personal_attack", "Personal attack"
    OFF_TOPIC = "off_topic", "Off topic or grade war"
    SPAM = "spam", "Spam"
    OTHER = "other", "Something else"

    @property
    def severity(self) -> Severity:
        return SEVERITY.get(self, Severity.ORDINARY)

    @property
    def is_urgent(self) -> bool:
        """Whether moderators are told at once, and readers together may have the comment covered."""
        return self.severity is Severity.URGENT

    @property
    def says_who(self) -> bool:
        """Whether it is about who somebody is, which the check of identifiers may confirm."""
        return self in (Category.IDENTIFIES_SOMEONE, Category.SUB_JUDICE)


SEVERITY = {
    Category.RACISM_OR_HATE: Severity.URGENT,
    Category.THREATENS: Severity.URGENT,
    Category.IDENTIFIES_SOMEONE: Severity.URGENT,
    Category.LIBEL: Severity.URGENT,
    Category.SUB_JUDICE: Severity.URGENT,
    Category.PERSONAL_ATTACK: Severity.SERIOUS,
}
URGENT = tuple(category for category in Category if category.is_urgent)
SERIOUS = tuple(category for category in Category if category.severity >= Severity.SERIOUS)
# Stands in the same form, and is no report: whoever chooses it is thanked, and nothing is kept.
DISAGREE = ("disagree", "I disagree with it")


class Ground(models.TextChoices):
    """Why somebody asks for a removal."""

    IDENTIFIES_ME = "identifies_me", "It identifies me"
    DEFAMATORY = "defamatory", "It is defamatory: a false claim that harms me"
    CASE = "case", "It is about a case, a victim or a child"
    OWN_COMMENT = "own_comment", "It is my own comment, and I have no receipt"
    PERSONAL_DATA = "personal_data", "It holds personal data about me"
    OTHER = "other", "Something else"
