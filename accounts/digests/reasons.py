"""Why a mail was not sent, or none is, in words for the owner. The keys are stored."""

from django.db import models


class Reason(models.TextChoices):
    # The post office is closed.
    OWNER = "owner", "You paused sending."
    POLICY = "policy", "The mail server refused several mails in a row, whoever they were for."
    FAILURES = "failures", "More than one mail in five came back or was not answered."
    ELSEWHERE = "elsewhere", "This database was copied from another installation, which may send from it too."
    # A delivery waits.
    LATER = "later", "The mail server did not take it; it is tried again."
    PACED = "paced", "It waits its turn: so many mails a second go to one place."
    AGAIN = "again", "It is sent once more: nobody knows whether it arrived the first time."
    # It was not sent.
    STOPPED = "stopped", "The reader stopped, or changed how often."
    PAUSED = "paused", "The reader paused."
    SUPPRESSED = "suppressed", "No mail is sent to this address any more."
    DEAD = "dead", "The mail server says that there is no such address."
    REFUSED = "refused", "The mail server did not want this mail."
    UNWRITTEN = "unwritten", "It could not be written: a fault of this site."
    NOTHING = "nothing", "Nothing was left to say."
    LATE = "late", "It would have come too late; the next digest brings its content."
    OVERTAKEN = "overtaken", "A newer digest brings its content."
    LEFT = "left", "You left its content to the next digest."
    # Nobody knows.
    SILENT = "silent", "The mail server did not answer; it may have the mail."
    DIED = "died", "The process died while sending; the mail server may have the mail."
    COUNTED = "counted", "You counted it as sent."
