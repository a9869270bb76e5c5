"""The color names of Pajek (those of dvips) that CSS does not know or shows otherwise."""

COLORS = {
    "greenyellow": "#d9ff4f", "goldenrod": "#ffe529", "dandelion": "#ffb529", "apricot": "#ffad7a",
    "peach": "#ff804d", "melon": "#ff8a80", "yelloworange": "#ff9400", "burntorange": "#ff7d00",
    "bittersweet": "#c20300", "redorange": "#ff3b21", "mahogany": "#a61900", "maroon": "#ad1737",
    "brickred": "#b80000", "rubinered": "#ff00de", "wildstrawberry": "#ff0a9c", "salmon": "#ff789e",
    "carnationpink": "#ff5eff", "violetred": "#ff30ff", "rhodamine": "#ff2eff",
    "mulberry": "#a314fa", "redviolet": "#9600a8", "fuchsia": "#730aeb", "lavender": "#ff85ff",
    "thistle": "#e068ff", "orchid": "#ad5cff", "darkorchid": "#9933cc", "purple": "#8c24ff",
    "plum": "#8000ff", "royalpurple": "#401aff", "blueviolet": "#2200f5", "periwinkle": "#6e73ff",
    "cadetblue": "#616ec4", "cornflowerblue": "#59deff", "midnightblue": "#037e91",
    "navyblue": "#0f75ff", "royalblue": "#0080ff", "cerulean": "#0fe3ff", "processblue": "#0affff",
    "skyblue": "#61ffe0", "turquoise": "#26ffcc", "tealblue": "#1efaa3", "aquamarine": "#2effb2",
    "bluegreen": "#26ffab", "emerald": "#00ff80", "junglegreen": "#03ff7a", "seagreen": "#4fff80",
    "forestgreen": "#14e01b", "pinegreen": "#0fbf4e", "limegreen": "#80ff00",
    "yellowgreen": "#8fff42", "springgreen": "#bdff3d", "olivegreen": "#379900",
    "rawsienna": "#8c2700", "sepia": "#4d0d00", "tan": "#db9470", "lightpurple": "#e6ccff",
    "lightmagenta": "#ffccff", "lightorange": "#ffd9b3", "canary": "#ffff80", "lfadedgreen": "#cce6cc",
    "lskyblue": "#ccf2ff",
}  # fmt: skip


def css_color(name: str) -> str:
    """The CSS color of a Pajek name; other names as they are."""
    return COLORS.get(name.lower(), name)
