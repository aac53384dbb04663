#!/usr/bin/env python3
"""Validates JSON files (comments allowed) against a JSON Schema: validate.py SCHEMA FILE...

Needs python3-jsonschema. A file that is a directory stands for every *.json in it.
With --invalid, every file must fail.
"""
import json
import pathlib
import re
import sys

import jsonschema

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


def read(path):
    """The value in a file; strings stay, comments become a space."""
    text = path.read_text(encoding="utf-8")
    return json.loads(TOKEN.sub(lambda m: m[0] if m[0].startswith('"') else " ", text))


def main(arguments):
    invalid = "--invalid" in arguments
    schema_path, *names = [a for a in arguments if a != "--invalid"]
    schema = read(pathlib.Path(schema_path))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = []
    for name in map(pathlib.Path, names):
        files += sorted(name.glob("*.json")) if name.is_dir() else [name]
    failures = 0
    for file in files:
        errors = list(validator.iter_errors(read(file)))
        if invalid and not errors:
            failures += 1
            print(f"{file}: is valid, and should not be")
        for error in errors if not invalid else []:
            failures += 1
            print(f"{file}: {error.json_path}: {jsonschema.exceptions.best_match([error]).message}")
    print(f"{len(files)} files, {failures} problems")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
