"""Colours as CSS Color 4 writes them: names, hex, rgb(), hsl() and hwb(), with commas or blanks."""

import colorsys
import re

from PIL import ImageColor

HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
FUNCTION = re.compile(r"(rgba?|hsla?|hwb)\(\s*(.*?)\s*\)")
TURNS = {"": 360.0, "deg": 360.0, "grad": 400.0, "rad": 6.283185307179586, "turn": 1.0}
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
PART = re.compile(rf"({NUMBER})(%|deg|grad|rad|turn)?|none")
Color = tuple[int, int, int, int]


def parse_css_color(text: str) -> Color | None:
    """The sRGB and alpha, 0 to 255 each, of a CSS colour; None if the text is not one."""
    text = text.strip().lower()
    if text == "transparent":
        return (0, 0, 0, 0)
    if HEX.fullmatch(text):
        return hex_color(text[1:])
    function = FUNCTION.fullmatch(text)
    if function is not None:
        return of_function(function[1], function[2])
    name = ImageColor.colormap.get(text)
    return None if name is None else (*ImageColor.getrgb(name)[:3], 255)


def hex_color(digits: str) -> Color:
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, alpha = bytes.fromhex(digits.ljust(8, "f"))
    return red, green, blue, alpha


def of_function(name: str, arguments: str) -> Color | None:
    parts = split_arguments(arguments)
    if parts is None:
        return None
    matches = [PART.fullmatch(part) for part in parts]
    if not all(matches):
        return None
    values = [
        (float(match[1]), match[2] or "") if match and match[1] else (0.0, "") for match in matches
    ]
    if any(unit in TURNS and unit for _, unit in (values[1:3] if name[0] == "h" else values)):
        return None
    alpha = fraction(*values[3], full_value=1.0) if len(values) == 4 else 1.0
    if name.startswith("rgb"):
        channels = tuple(fraction(*value, full_value=255.0) for value in values[:3])
    else:
        hue, unit = values[0]
        if unit == "%":
            return None
        first, second = (fraction(*value, full_value=100.0) for value in values[1:3])
        channels = of_hue(name, hue / TURNS[unit] % 1.0, first, second)
    red, green, blue = (round(channel * 255) for channel in channels)
    return red, green, blue, round(alpha * 255)


def split_arguments(arguments: str) -> list[str] | None:
    """Three or four arguments, all separated by commas, or by blanks with the alpha after a slash."""
    if "," in arguments:
        parts = [part.strip() for part in arguments.split(",")]
        return parts if len(parts) in {3, 4} and "/" not in arguments else None
    colors, slash, alpha = arguments.partition("/")
    parts = colors.split()
    if len(parts) != 3 or (slash and not alpha.strip()):
        return None
    return [*parts, alpha.strip()] if slash else parts


def fraction(number: float, unit: str, *, full_value: float) -> float:
    """0 to 1 of a percentage, or of a number of which `full_value` is all."""
    return min(max(number / (100.0 if unit == "%" else full_value), 0.0), 1.0)


def of_hue(name: str, hue: float, first: float, second: float) -> tuple[float, ...]:
    """Red, green and blue of a hue with saturation and lightness, or with whiteness and blackness."""
    if name != "hwb":
        return colorsys.hls_to_rgb(hue, second, first)
    if first + second >= 1:
        return (first / (first + second),) * 3
    return tuple(
        channel * (1 - first - second) + first for channel in colorsys.hls_to_rgb(hue, 0.5, 1.0)
    )
