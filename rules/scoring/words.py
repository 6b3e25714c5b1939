"""Numbers, rates and bands as an explanation writes them: "18/20", "90 %", "80–<100 %", "0,5/1"."""

from decimal import Decimal
from fractions import Fraction

from rules.numbers import number_words
from rules.scoring.criteria.rules import Band, Rounding, RoundingMode

MODE_WORDS = {
    RoundingMode.HALF_UP: "",
    RoundingMode.HALF_EVEN: ", số 5 về số chẵn",
    RoundingMode.DOWN: ", bỏ phần dư",
}


def rounded(value: Fraction, rounding: Rounding) -> Decimal:
    """An exact value rounded once, without a decimal in between that would be rounded before."""
    scale = 10**rounding.places
    whole, rest = divmod(abs(value.numerator) * scale, value.denominator)
    twice = 2 * rest
    up = twice > value.denominator or (
        twice == value.denominator
        and (rounding.mode is RoundingMode.HALF_UP or (rounding.mode is RoundingMode.HALF_EVEN and whole % 2 == 1))
    )
    if up and rounding.mode is not RoundingMode.DOWN:
        whole += 1
    return Decimal(whole if value >= 0 else -whole).scaleb(-rounding.places)


def rounding_words(rounding: Rounding) -> str:
    """ "làm tròn 2 chữ số thập phân"."""
    digits = f"{rounding.places} chữ số thập phân" if rounding.places else "đến số nguyên"
    return f"làm tròn {digits}{MODE_WORDS[rounding.mode]}"


def value_words(value: Fraction) -> str:
    """A value with two decimals; with more where two would show a whole number that it is not (99,996)."""
    for places in (2, 4, 6):
        shown = rounded(value, Rounding(places=min(places, 4))) if places < 6 else _six(value)
        if shown != shown.to_integral_value() or shown == value:
            break
    return number_words(shown)


def _six(value: Fraction) -> Decimal:
    return Decimal(int(value * 10**6)).scaleb(-6)


def with_unit(text: str, unit: str) -> str:
    """A number and its unit: "90 %"."""
    return f"{text} {unit}" if unit else text


def points_words(points: Decimal, maximum: Decimal) -> str:
    """ "0,5/1"; beside the maximum "+0,5" or "-1"."""
    if maximum:
        return f"{number_words(points)}/{number_words(maximum)}"
    return f"+{number_words(points)}" if points > 0 else number_words(points)


def band_words(band: Band, unit: str) -> str:
    """ "80–<100 %", "≥ 100 %", "< 80 %"."""
    start = "" if band.start is None else f"{'>' if band.over is not None else ''}{number_words(band.start)}"
    end = "" if band.end is None else f"{'<' if band.below is not None else ''}{number_words(band.end)}"
    if not end and band.start is not None:
        text = f"{'>' if band.over is not None else '≥'} {number_words(band.start)}"
    elif not start and band.end is not None:
        text = f"{'<' if band.below is not None else '≤'} {number_words(band.end)}"
    else:
        text = start if start == end else f"{start}–{end}"
    return with_unit(text, unit)
