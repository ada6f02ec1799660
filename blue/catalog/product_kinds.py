"""The category path of a shop -> the kind of product, as a person would name it."""

import re

_PARTS = {  # a generic leaf is read together with the part of the body, or the person, above it
    "Face": "face", "Body": "body", "Eyes": "eye", "Lips": "lip", "Nails": "nail", "Hands & Nails": "hand",
    "Feet": "foot", "Men's": "men's", "Women's": "women's", "Hair Care": "hair", "Sun": "sun",
}  # fmt: skip
_GENERIC_LEAF = re.compile(
    r"^(?:Creams?|Lotions?|Oils?|Treatments?|Masks?|Sets?|Kits?|Accessories|Powder|Washes|Cleansers|Scrubs|"
    r"Moisturizers?|Creams & Moisturizers|Treatments & Masks|Oils & Serums|Eau de \w+|Cologne|"
    r"Creams & Lotions|"
    r"Creams, Gels & Lotions|Gels?|Serums?|Concealers & Treatments|Cloths & Towelettes|Primers)$"
)


def kind_of_product(category: str) -> tuple[str, ...]:
    """The leaf of a category path as a noun, lower case; () for no path.

    >>> kind_of_product("Beauty > Skin Care > Eyes > Creams")
    ('eye creams',)
    """
    path = [part.strip() for part in category.split(">") if part.strip()]
    if not path:
        return ()
    leaf, above = path[-1], path[-2] if len(path) > 1 else ""
    if leaf in _PARTS:
        return (f"{_PARTS[leaf]} care" if leaf not in ("Hair Care", "Sun") else leaf.lower(),)
    part = _PARTS.get(above, "") if _GENERIC_LEAF.match(leaf) else ""
    name = re.sub(r"\bEau De\b", "eau de", leaf.lower().replace(" & ", " and "), flags=re.I)
    return (f"{part} {name}".strip(),)
