"""How plausible bytes are as text in an encoding: by the scripts, cases and neighbors of their letters."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

IMPOSSIBLE = -9.0
CASED = ("LATIN", "CYRILLIC", "GREEK")
PREFERENCE = {
    "cp1252": 0.06, "cp1251": 0.03, "shift_jis": 0.04, "gb18030": 0.02, "cp1250": 0.02, "koi8_r": 0.0, "iso8859_2": -0.01,
    "iso8859_5": -0.03, "iso8859_7": -0.03, "cp866": -0.03, "cp850": -0.02, "mac_roman": -0.04, "big5": 0.0,
    "euc_kr": 0.02, "euc_jp": 0.03, "cp874": -0.02, "cp1254": -0.01, "cp1257": -0.01,
}  # fmt: skip
LATIN_LETTERS = tuple(
    frozenset(letters)
    for letters in (
        "äöüß", "àâçéèêëîïôûùüœæ", "áéíñóúü", "áâãàçéêíóôõú", "àèéìòùî", "åäöæøé", "áčďéěíňóřšťúůýž",
        "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "ğşıçöüâî", "ąčęėįšųūž",
        "āčēģīķļņšūž", "äõöüšž", "ëéèïöüá",
    )
)  # fmt: skip
ICELANDIC = frozenset("áðéíóúýþæö")  # its bytes are Turkish in another encoding
PUNCTUATION = frozenset("¿¡€°§«»—“”„…\u2013\u2019\u00b4")
RARE_LETTERS = frozenset("щъфэшйцжюϊϋΐΰψξζ")
COMMON_HAN = set(
    "的一是不了人我在有他这中大来上国和地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔田日付東京大阪部品店会社株式名前住所電話番号合計金額送金元先売上国語学校山川木村佐藤鈴高橋渡辺伊中小林加"
)


def plausibility(content: bytes, encoding: str) -> float:
    """A score for this reading; higher is likelier."""
    try:
        text = content.decode(encoding)
        damage = 0
    except UnicodeDecodeError:
        text = content.decode(encoding, errors="replace")
        damage = text.count("\ufffd")
    if damage > 0.02 * len(text):
        return IMPOSSIBLE
    high = [index for index, character in enumerate(text) if ord(character) > 127]
    if not high:
        return IMPOSSIBLE
    latin = latin_alphabet(text[index] for index in high)
    score = sum(point(text, index, latin) for index in high) / len(high)
    return score - 30 * damage / len(high) + PREFERENCE.get(encoding, 0.0)


def latin_alphabet(characters: Iterable[str]) -> frozenset[str]:
    """The letters of the language that has most of these Latin letters."""
    counts = Counter(each.lower() for each in characters if script_of(each) == "LATIN")
    if sum(counts[each] for each in "áéíóúæ") >= 0.25 * counts.total():
        return max(
            (*LATIN_LETTERS, ICELANDIC), key=lambda letters: sum(counts[each] for each in letters)
        )
    return max(LATIN_LETTERS, key=lambda letters: sum(counts[each] for each in letters))


def point(text: str, index: int, latin: frozenset[str]) -> float:
    """How well one character that is not ASCII fits where it stands."""
    character = text[index]
    before = text[index - 1] if index else " "
    after = text[index + 1] if index + 1 < len(text) else " "
    script = script_of(character)
    if script in {"CONTROL", "UNASSIGNED"}:
        return -3.0
    if script == "HAN":
        return 1.0 if character in COMMON_HAN else 0.35
    if script in {"HIRAGANA", "KATAKANA"}:
        return 1.1
    if script == "HALFWIDTH":
        return -0.4
    if script == "HANGUL":
        return 1.0
    if script in {"ARABIC", "HEBREW", "THAI"}:
        return 0.9 if any(script_of(each) == script for each in (before, after)) else 0.0
    if script in CASED:
        return letter(character, before, after, script, latin)
    if character in PUNCTUATION:
        return (
            0.3
            if not (before.isalpha() and after.isalpha()) or character in "\u2019\u00b4"
            else -0.5
        )
    return -0.6 if before.isalpha() or after.isalpha() else -0.2


def letter(character: str, before: str, after: str, script: str, latin: frozenset[str]) -> float:
    value = 0.7
    if script == "LATIN":
        value = 0.9 if character.lower() in latin else 0.1
        if not (before.isalpha() or after.isalpha()):
            value -= 0.5
        elif not any(each.isascii() and each.isalpha() for each in (before, after)):
            value -= 0.4  # Latin words are mostly ASCII; a run of accents is another script
    else:
        neighbors = [script_of(each) for each in (before, after) if each.isalpha()]
        value += 0.2 if script in neighbors else -0.3
        value -= 0.8 * any(each not in {script, "CONTROL"} for each in neighbors)
        value -= 0.45 * (character.lower() in RARE_LETTERS)
    if before.isalpha() and before.islower() and character.isupper():
        value -= 0.9  # an upper letter inside a word
    return value


@lru_cache(maxsize=8192)
def script_of(character: str) -> str:
    """The script of a letter, or OTHER, CONTROL or UNASSIGNED."""
    category = unicodedata.category(character)
    if category in {"Cc", "Cf", "Cs"}:
        return "CONTROL"
    if category in {"Cn", "Co"}:
        return "UNASSIGNED"
    name = unicodedata.name(character, "")
    if name.startswith("CJK UNIFIED"):
        return "HAN"
    if name.startswith("HALFWIDTH"):
        return "HALFWIDTH"
    word = name.split(" ")[0]
    if category[0] in "LM" and word in {
        "LATIN", "CYRILLIC", "GREEK", "HIRAGANA", "KATAKANA", "HANGUL", "ARABIC", "HEBREW", "THAI",
    }:  # fmt: skip
        return word
    return "OTHER"
