#!/usr/bin/env bash
# outlines-core 0.2.14: a schema's minimum, maximum, multipleOf and uniqueItems bind nothing.
#
# Expected: output that is guided by a JSON schema is valid under it, as with lengths, patterns and enumerations; what
# cannot be guided is refused, as unknown types are.
# Seen: those four are left out of the regular expression without a word. Guided by "a rating of 1 to 5"
# (pydantic's Field(ge=1, le=5)) a model may write 99, guided by "two different items" the same one twice: what
# parses is then outside the range, and no sampling seed shows it until a model writes it.
# So: write small ranges as an enumeration, and check what comes back against the schema all the same.
#
# Output seen:
#   integer, minimum 1, maximum 5: lets 99 through; jsonschema refuses it
#   number, minimum 0, maximum 1: lets 7.5 through; jsonschema refuses it
#   integer, multipleOf 5: lets 3 through; jsonschema refuses it
#   array, uniqueItems True: lets [1,1] through; jsonschema refuses it
#   string, maxLength 3: keeps "aaaa" out; jsonschema refuses it
#   enum [1, 2, 3, 4, 5]: keeps 99 out; jsonschema refuses it
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile outlines-core==0.2.14 jsonschema==4.26.0
"$folder/env/bin/python" - <<'PYTHON'
import json
import re

import jsonschema
from outlines_core.json_schema import build_regex_from_schema

whole = {"type": "integer"}
CASES = (
    (whole | {"minimum": 1, "maximum": 5}, "99", True),
    ({"type": "number", "minimum": 0, "maximum": 1}, "7.5", True),
    (whole | {"multipleOf": 5}, "3", True),
    ({"type": "array", "items": whole, "uniqueItems": True}, "[1,1]", True),
    ({"type": "string", "maxLength": 3}, '"aaaa"', False),
    ({"enum": [1, 2, 3, 4, 5]}, "99", False),
)
for schema, text, expected in CASES:
    jsonschema.Draft202012Validator.check_schema(schema)
    through = bool(re.fullmatch(build_regex_from_schema(json.dumps(schema)), text))
    refused = not jsonschema.Draft202012Validator(schema).is_valid(json.loads(text))
    named = ", ".join(
        str(value) if name == "type" else f"{name} {value}" for name, value in schema.items() if name != "items"
    )
    print(
        f"{named}: {'lets ' + text + ' through' if through else 'keeps ' + text + ' out'}; "
        f"jsonschema {'refuses' if refused else 'takes'} it"
    )
    assert refused
    assert through == expected, f"{named} is guided otherwise now"
PYTHON
