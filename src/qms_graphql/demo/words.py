"""What the customers of the story say. Sentences by theme and mood, put together so that hardly two are alike."""

from random import Random

OPENINGS = {
    "good": (
        "Bought this for our new flat.",
        "Second one we own.",
        "Had it for about three weeks now.",
        "A present for my mum.",
        "Replaced a kettle that lasted eleven years.",
        "Use it ten times a day in the office.",
        "Does what it should.",
        "Love it.",
    ),
    "bad": (
        "Not impressed.",
        "I wanted to like this one.",
        "Had it for a month.",
        "Really disappointed.",
        "My last Brightwater lasted nine years.",
        "Expected more at this price.",
        "It started well.",
        "Sorry, but no.",
    ),
}

SENTENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("Lid", "bad"): (
        "The lid has a crack right across the hinge.",
        "After five weeks the lid split while it was boiling and hot steam came out at my hand.",
        "There is a hairline crack in the lid and water drips down the side.",
        "The lid broke in two when I opened it, and I was not rough with it.",
        "Plastic of the lid went white, then it cracked.",
        "A piece of the lid fell into the water this morning.",
        "Steam comes out of a crack in the lid, so it never switches off.",
        "Lid cracked. Third person in my street with the same problem.",
    ),
    ("Lid", "good"): (
        "The lid opens wide, so filling it is easy.",
        "Lid closes with a nice firm click.",
        "New lid arrived and fits perfectly.",
    ),
    ("Switch-off", "bad"): (
        "It keeps boiling and does not switch itself off.",
        "You have to stand next to it because the switch does not jump back.",
        "It turns off before the water boils.",
    ),
    ("Switch-off", "good"): (
        "Switches off the moment it boils.",
        "Forgot to fill it and it simply turned itself off. Good.",
    ),
    ("Noise", "bad"): (
        "It sounds like a plane taking off.",
        "So loud that we cannot hear the radio.",
        "It wakes the baby every morning.",
    ),
    ("Noise", "good"): ("Surprisingly quiet.", "You hardly hear it."),
    ("Limescale", "bad"): (
        "Scale gets through the filter and into my tea.",
        "White flakes after a week, even with filtered water.",
        "The filter does not come out for cleaning.",
    ),
    ("Limescale", "good"): ("Easy to descale.", "The filter keeps the bits out, and our water is very hard."),
    ("Speed", "bad"): ("Takes nearly six minutes for a full one.", "Slower than the old one."),
    ("Speed", "good"): ("Boils two mugs in under two minutes.", "Really fast.", "Ready before I have found a tea bag."),
    ("Design", "bad"): (
        "The handle gets hot.",
        "It drips when you pour slowly.",
        "Heavier than it looks, my mother cannot lift it full.",
        "You cannot read the water level.",
    ),
    ("Design", "good"): (
        "Looks lovely on the worktop.",
        "Pours without a drip.",
        "Nice to hold, even full.",
        "The colour is exactly as in the picture.",
    ),
    ("Delivery", "bad"): (
        "Came four days late and nobody told us.",
        "The box was open and there was a dent in the base.",
        "They left it in the rain.",
    ),
    ("Delivery", "good"): ("Came next day, well packed.", "Arrived on time and without any plastic in the box."),
    ("Price", "bad"): ("Too expensive for what it is.", "The price went up and the quality did not."),
    ("Price", "good"): ("Worth every penny.", "Good value."),
    ("Service", "bad"): (
        "I was on hold for twenty minutes.",
        "Sent three e-mails and got no answer.",
        "I had to explain everything twice to two different people.",
        "I was promised a call back that never came.",
    ),
    ("Service", "good"): (
        "The lady on the phone sorted it in five minutes.",
        "Replacement came two days later, no questions asked.",
        "Friendly, and they knew their product.",
        "Got through at once.",
    ),
}

CLOSINGS = {
    "good": ("Would buy again.", "Recommended.", "Five stars from us.", "Thank you!", "Can't fault it.", "", "", ""),
    "bad": (
        "Sending it back.",
        "Would not buy again.",
        "Please do something about it.",
        "What happens now?",
        "I'd like my money back.",
        "",
        "",
        "",
    ),
}

ABROAD: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {
    "de": {
        ("Lid", "bad"): (
            "Nach sechs Wochen ist der Deckel am Scharnier gerissen.",
            "Der Deckel hat einen Riss, beim Kochen tritt heißer Dampf aus.",
            "Deckel gebrochen, obwohl wir ihn ganz normal benutzt haben.",
        ),
        ("Design", "good"): (
            "Sieht toll aus und gießt, ohne zu tropfen.",
            "Schöner Wasserkocher, liegt gut in der Hand.",
        ),
        ("Speed", "good"): ("Kocht sehr schnell.", "Zwei Tassen in anderthalb Minuten, prima."),
        ("Noise", "bad"): ("Leider sehr laut.", "So laut, dass man sich nicht unterhalten kann."),
        ("Delivery", "bad"): ("Kam eine Woche zu spät.", "Karton beschädigt, Gerät zum Glück nicht."),
        ("Service", "good"): ("Der Kundendienst war freundlich und schnell.",),
        ("Service", "bad"): ("Zwei Mails geschrieben, keine Antwort.",),
    },
    "fr": {
        ("Lid", "bad"): (
            "Le couvercle s'est fendu au bout d'un mois.",
            "Le couvercle est fissuré et la vapeur brûle les doigts.",
        ),
        ("Design", "good"): ("Très belle bouilloire, elle verse bien.", "Élégante et facile à prendre en main."),
        ("Speed", "good"): ("L'eau bout en deux minutes.",),
        ("Noise", "bad"): ("Beaucoup trop bruyante.",),
        ("Delivery", "bad"): ("Livrée avec quatre jours de retard.",),
        ("Service", "good"): ("Service client très aimable.",),
        ("Service", "bad"): ("Impossible de joindre quelqu'un au téléphone.",),
    },
    "es": {
        ("Lid", "bad"): ("La tapa se agrietó a las cinco semanas.", "Se rompió la tapa y sale vapor por la grieta."),
        ("Design", "good"): ("Muy bonita y no gotea.",),
        ("Speed", "good"): ("Hierve rapidísimo.",),
        ("Noise", "bad"): ("Hace demasiado ruido.",),
        ("Delivery", "bad"): ("Llegó tarde y con la caja abierta.",),
        ("Service", "good"): ("Me atendieron muy bien.",),
        ("Service", "bad"): ("Nadie contesta los correos.",),
    },
}

_SPOKEN = {"DE": "de", "AT": "de", "FR": "fr", "ES": "es"}
_PRODUCT_THEMES = {
    "good": ("Design", "Speed", "Noise", "Price", "Delivery", "Limescale", "Switch-off", "Lid"),
    "bad": ("Noise", "Limescale", "Switch-off", "Design", "Delivery", "Price", "Speed"),
}


def language_of(random: Random, country: str) -> str:
    """What somebody from there writes: mostly the language of the country, where we have its sentences."""
    spoken = _SPOKEN.get(country, "en")
    return spoken if random.random() < 0.8 else "en"


def theme_of(random: Random, mood: str, language: str = "en") -> str:
    """What somebody in this mood talks about, when it is not the story's own theme."""
    known = ABROAD.get(language)
    themes = (
        _PRODUCT_THEMES[mood]
        if known is None
        else [theme for theme, of in known if of == mood and theme not in ("Lid", "Service")]
    )
    return random.choice(themes)


def say(random: Random, theme: str, mood: str, language: str = "en") -> str:
    """Words about a theme, in a mood."""
    if language != "en":
        return random.choice(ABROAD[language][theme, mood])
    parts = [random.choice(OPENINGS[mood])] if random.random() < 0.7 else []
    parts.append(random.choice(SENTENCES[theme, mood]))
    parts.append(random.choice(CLOSINGS[mood]))
    return " ".join(part for part in parts if part)
