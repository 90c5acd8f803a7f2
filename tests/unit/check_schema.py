# SPDX-License-Identifier: GPL-3.0-or-later
"""check_schema.py SCHEMA FOLDER: the schema is valid draft-07, every example of FOLDER conforms, damaged ones do not."""
import copy
import glob
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
examples = sorted(glob.glob(sys.argv[2] + "/*.json"))
assert examples, "no examples"
for path in examples:
    script = json.load(open(path))
    validator.validate(script)
    for damage in (
        lambda s: s.update(extra=1),
        lambda s: s.pop("sonobrush_edits"),
        lambda s: s.update(sonobrush_edits=2),
        lambda s: s["edits"].append({"operation": "erase"}),
        lambda s: s["edits"].append({"operation": "none", "mask": {"shapes": []}}),
        lambda s: s["edits"].append({"operation": "gain", "params": {"gain_db": 61}, "mask": {"shapes": []}}),
        lambda s: s["edits"].append({"operation": "erase", "params": {"gain_db": 1}, "mask": {"shapes": []}}),
        lambda s: s["edits"].append({"operation": "erase", "mask": {"shapes": [{"kind": "box"}]}}),
        lambda s: s["edits"].append({"operation": "erase", "transform": {"name": "none"}, "mask": {"shapes": []}}),
        lambda s: s["edits"].append({"operation": "erase", "transform": {"name": "cqt", "gamma_hz": 1}, "mask": {"shapes": []}}),
        lambda s: s["edits"].append({"operation": "erase", "transform": {"name": "vqt", "gamma_hz": 201}, "mask": {"shapes": []}}),
    ):
        bad = copy.deepcopy(script)
        damage(bad)
        assert not validator.is_valid(bad), bad
