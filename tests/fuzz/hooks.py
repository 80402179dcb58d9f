"""What the OpenAPI document can't express: which codes exist, and that origin and destination differ."""

import schemathesis
from hypothesis import strategies as st

AIRPORTS = ["CGK", "DPS", "SUB", "KNO", "UPG", "SIN", "KUL", "LHR", "JFK", "jog", "Bpn"]
SUPPLIERS = ["GA", "JT", "QG", "QZ", "ID", "iu", "SQ"]

schemathesis.openapi.format("iata-code", st.sampled_from(AIRPORTS))
schemathesis.openapi.format("supplier-code", st.sampled_from(SUPPLIERS))


@schemathesis.hook.apply_to(method="POST", path="/api/flights/search")
def map_case(context, case):
    """Makes positive cases valid: their airports exist and differ."""
    body = case.body
    if case.meta is None or not case.meta.generation.mode.is_positive or not isinstance(body, dict):
        return case
    for field in ("from", "to"):
        if body.get(field) not in AIRPORTS:
            body[field] = AIRPORTS[0]
    if body["from"].upper() == body["to"].upper():
        body["to"] = next(code for code in AIRPORTS if code != body["from"].upper())
    if isinstance(body.get("suppliers"), list):
        body["suppliers"] = [code if code in SUPPLIERS else SUPPLIERS[0] for code in body["suppliers"]]
    return case
