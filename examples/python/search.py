"""Submits a search, prints the answers as they arrive, and resumes after a broken connection.

usage: search.py [FROM TO DATE PASSENGERS]      FLIGHT_SEARCH_URL is the gateway's URL
"""

import os
import sys
import time
from collections.abc import Iterator

import httpx
from httpx_sse import SSEError, ServerSentEvent, connect_sse

SEARCHES = os.environ.get("FLIGHT_SEARCH_URL", "http://localhost:8080") + "/api/flights/search"
# The gateway sends at least a comment every 15 s: a longer silence means a dead connection.
TIMEOUT = httpx.Timeout(10, read=45)


def submit(client: httpx.Client, search: dict) -> str:
    response = client.post(SEARCHES, json=search)
    body = response.json()
    if response.is_success:
        return body["data"]["search_id"]
    sys.exit("\n  ".join([body["message"], *(f"{e['field']}: {e['message']}" for e in body["errors"])]))


def follow(client: httpx.Client, search_id: str) -> Iterator[ServerSentEvent]:
    """The events of a search, over as many connections as needed."""
    url, last, retry, failures = f"{SEARCHES}/{search_id}/stream?partials=true", "", 1000, 0
    while failures < 10:
        try:
            with connect_sse(client, "GET", url, headers={"Last-Event-ID": last}) as source:
                if source.response.status_code == 204:
                    return  # There are no events after `last`.
                if source.response.is_client_error:
                    sys.exit(f"refused: {source.response.read().decode()}")
                for event in source.iter_sse():
                    retry = event.retry or retry
                    if not event.data:
                        continue
                    last, failures = event.id or last, 0
                    yield event
                    if event.event == "message":
                        return  # The terminal event has no name.
        except (httpx.TransportError, SSEError):
            pass
        failures += 1
        print(f"connection lost after event {last or 0}, again in {retry} ms", file=sys.stderr)
        time.sleep(retry / 1000)
    sys.exit("gave up")


def main(origin: str = "CGK", destination: str = "DPS", date: str = "2027-07-10", passengers: str = "2") -> int:
    status = "unknown"
    with httpx.Client(timeout=TIMEOUT) as client:
        search = {"from": origin, "to": destination, "date": date, "passengers": int(passengers)}
        search_id = submit(client, search)
        print(f"search {search_id}")
        for event in follow(client, search_id):
            data = event.json()
            offers = data.get("results", [])
            if event.event == "partial":
                supplier, progress = data["supplier"], data["progress"]
                answered = f"{progress['answered']} of {progress['of']}"
                print(f"{answered}: {supplier['name']} {supplier['status']}, {len(offers)} offers", flush=True)
            elif event.event == "message":
                status = data["status"]
                print(f"{status} with {len(offers)} offers")
                for offer in offers[:5]:
                    print(f"  {offer['currency']} {offer['price']:,}", offer["flight_number"], sep="  ")
    return 0 if status == "completed" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
