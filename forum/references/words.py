"""Words that stand beside clock times, as alternatives for patterns."""


def _words(*groups: str) -> str:
    return "|".join(word for group in groups for word in group.split())


EVENT = _words(
    "meetings? hearings? trials? court appointments? appts? slots? interviews? sessions? briefings? trainings? calls?",
    "webinars? conferences? supervisions? visits? shifts? inductions? workshops? registration lunch dinner supper tea",
    "breakfast coffee drinks break deadline kick-?off bulletin news show services? trains? bus buses flights? ferry",
    "trams? coach doors? departures? arrivals? alarm start(?:s|ed|ing)? finish(?:es|ed|ing)? begins? ends? opens?",
    "zoom",
    "closes? leav(?:es?|ing) arriv(?:es?|ed|ing) departs? due meet(?:s|ing)? see back tomorrow tonight strike picket",
    "rally vigil party funeral collection delivery programme agenda booked listed scheduled ring phone text",
    "dentist agm",
    "surgery curfew live radio tv bbc[0-9]? itv duty",
)
# What is numbered, measured or timed, so that a capital does not make it a person's name.
NUMBERED = _words(
    "section sec rule para paragraph article schedule clause part chapter page table figure fig appendix annex item",
    "version build release standard regulation step criterion question verse psalms? form order number ref reference",
    "case room band grade level score ratio odds route platform channel lap heat rate index act law code instruction",
    "circular policy guidance manual memo directive notice unit wing cell prisoner inmate officer badge extension ext",
    "petition windows macos ios android python series model type genesis gen exodus exod leviticus lev deuteronomy",
    "deut",
    "joshua judges ruth samuel sam kings chronicles chron nehemiah esther job proverbs prov ecclesiastes eccles",
    "isaiah",
    "isa jeremiah jer ezekiel ezek daniel dan hosea joel amos jonah micah matthew matt mark luke john acts romans rom",
    "corinthians cor galatians gal ephesians eph philippians phil colossians col thessalonians thess timothy tim",
    "titus",
    "hebrews heb james jas peter pet jude revelation rev surah sura quran koran bible hadith update updated breaking",
    "live about around circa approx at by since until till from before after between under over above below per",
    "within",
    "during in on of for the an and or but not if as was were is are it my our their his her january february march",
    "april may june july august september october november december monday tuesday wednesday thursday friday saturday",
    "sunday today yesterday left home area catch hmp region district team group zone judge magistrates minister",
    "secretary police sky manager governor director radio",
)
ROLE = "PSO|PO|SPO|ACO|TPO|PQiP|POM|COM"
COMMENTER = "comment(?:er|ator)|contributor|poster|author|writer"
COMMENT = f"(?:{COMMENTER}|comment|contribution|post|remark|rant)s?"
PERSON = "person|colleague|individual|chap|lady|one|guy|bloke|gentleman"
TALK = (
    r"you|your|you['’]re|(?:dis)?agree[ds]?|thanks?|said|right|wrong|points?|true|exactly|absolutely|sorry|fair"
    r"|rubbish"
    r"|nonsense|calm|grow|think so|thought so|love (?:this|it)|well put|good on|enough|not so|really|this"
    r"|luck|care|keep well|welcome|shame|congratulations|congrats"
)
