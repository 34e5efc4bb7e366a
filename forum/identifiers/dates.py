"""Calendar dates as people write them, day first."""

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# A whole date, in small letters: 3/4/1985, 3.4.85, 3rd of April 1985, April 3, 1985
DATE = (
    rf"(?:[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-](?:[0-9]{{4}}|[0-9]{{2}})(?![0-9])|"
    rf"[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}\.?,? (?:[0-9]{{4}}|'?[0-9]{{2}})(?![0-9])|"
    rf"{MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{4}}(?![0-9]))"
)
# A day of the year, with or without the year.
DAY = (
    rf"(?:[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-](?:[0-9]{{4}}|[0-9]{{2}})(?![0-9])|"
    rf"[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}\b|{MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9]))"
)
