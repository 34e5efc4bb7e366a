"""Whether two words with capitals are the name of a person."""

from __future__ import annotations

from forum.identifiers.words import words

# One part of a name: Holt, O'Dell, McVane, Pryce-Lund.
PART = r"(?:[A-Z]'|Mc|Mac|De|Di|La|Le)?[A-Z][a-z][a-z']{0,19}(?:-[A-Z][a-z]{1,19})?"
FULL_NAME = rf"{PART} (?:(?:van|de|der|von|al|el|bin) ){{0,2}}{PART}"
GIVEN_NAMES = words(
    """aaron abdul abigail adam adele adrian agnes ahmed aidan aisha alan alasdair albert alex alexander alexandra
    alfie ali alice alison amanda amelia amir amy andrea andrew angela angus anita anna anne annette anthony
    antonia archie arthur ashley audrey barbara barry beatrice becky ben benjamin bernadette bernard beth
    bethany beverley bill bob brenda brendan brian bridget bruce callum cameron carl carla carmel carol caroline
    catherine cathy cecilia charles charlie charlotte chloe chris christian christina christine christopher
    ciaran claire clare clive colin connor craig cyril daisy damian daniel danielle darren dave david dawn dean
    debbie deborah declan deepak denise dennis derek dermot desmond diana diane dominic donald donna doreen
    doris dorothy douglas duncan dylan eamonn ed eddie edith edward eileen elaine eleanor elizabeth ella ellen
    elliot emily emma eric esther ethan eva evelyn faisal farah fatima felicity fiona florence frances francis
    fred gareth gary gavin gemma geoff george georgia gerald gerard gillian gina glen glenda gordon graeme
    graham greg gwen hannah harriet harry harvey hassan hazel heather helen henry hilary howard hugh ian imran
    irene isaac isabel isabella jack jackie jacob jacqueline jake james jamie jan jane janet janice jason
    jasmine jean jeff jennifer jenny jeremy jess jessica jill jo joan joanna joanne joe joel john jonathan
    jordan joseph josephine josh joshua joyce judith julia julian julie justin karen karl kate katherine
    kathleen kathryn katie kay keith kelly ken kenneth kerry kevin khalid kim kirsty kyle laura lauren leah lee
    leo leonard lesley leslie lewis liam lily linda lisa liz lorna lorraine louis louise lucy luke lynda lynn
    lynne maggie malcolm manuel marcus margaret maria marian marie marion marjorie martin mary matt matthew
    maureen max megan melanie melissa michael michelle mick mike miriam mohammed mohamed molly monica muhammad
    nadia nancy naomi natalie natasha nathan neil niall nicholas nick nicola nicole nigel noel nora norman
    oliver olivia omar oscar owen pam pamela patricia patrick paul paula pauline peggy penny pete peter phil
    philip phillip phoebe priya rachel raj rajesh ralph ray raymond rebecca reginald rhys richard rita rob
    robert roberta robin rodney roger roland ron ronald rory rosemary rosie ross roy russell ruth ryan sadia
    sally sam samantha samuel sandra sarah scott sean sebastian shane sharon sheila shirley sian simon sofia
    sonia sophie stacey stan stanley stella stephanie stephen steve steven stewart stuart susan suzanne sylvia
    tahir tanya tara terence teresa terry theresa thomas tim timothy tina toby tom tony tracey tracy trevor
    valerie vanessa vera veronica vicky victor victoria vincent vivian walter wayne wendy wesley william yasmin
    yusuf yvonne zac zoe"""
)
# Small words too: in small letters only the others tell a name.
ALSO_WORDS = words("dawn dean jack rob ray kay penny daisy lily max molly sally bill bob jean ray jo")
# Words with capitals in this trade that no surname is meant by.
NO_NAMES = words(
    """anon anonymous area assistant band bench bill blog board branch brexit business british care case centre chair
    chief church circuit city civil commission committee community company conservative constabulary council
    county court courts crown custody deputy director division dr duchess duke east emergency england english
    executive family federation fire first five four getafix good government grade group head health high home
    hospital house housing inspectorate instruction interim judge july june justice king labour lady law leader
    legal liberal links local london lord magistrate magistrates maintenance management manager march mayor
    memorial midlands minister ministry monday morning mr mrs national new news north northern offender office
    officer oh ok online order our parish park parliament parole partnership party payback people police policy
    practice pre president prime prince princess prison prisons private probation programme project public queen
    radio recorder regional registry rehabilitation resettlement river road royal saturday school scotland
    scottish secretary senior sentence serious service services sheriff sir social society south southern spring
    square st staff state street summer sunday support team television that the there these they this those
    three thursday times tory transforming treasury tribunal trust tuesday two uk under union unison unit united
    university victim victims wales ward wednesday welsh west western what when where which while who why winter
    work working years yes you young youth napo and but for from hello hi dear kind best regards thanks well
    just not now so if as at in it is on or to my his her"""
)
HONORIFIC = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? "


def is_name(typed: str) -> bool:
    """Whether a match of FULL_NAME is a person's: the first part is a common given name, and no part another word."""
    first, last = _parts(typed)
    return first in GIVEN_NAMES and last not in NO_NAMES


def may_be_name(typed: str) -> bool:
    """Whether neither part of a match of FULL_NAME is known to be another word."""
    first, last = _parts(typed)
    return first not in NO_NAMES and last not in NO_NAMES


def _parts(typed: str) -> tuple[str, str]:
    both = typed.lower().split()
    return both[0], both[-1].removesuffix("'s")


def starts_a_name(word: str) -> bool:
    """Whether this word in small letters can only be a given name."""
    return word in GIVEN_NAMES and word not in ALSO_WORDS
