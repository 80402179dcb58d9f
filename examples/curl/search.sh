#!/usr/bin/env bash
# Submits a search, prints its events as they arrive, and resumes after a broken connection.
# usage: search.sh [FROM TO DATE PASSENGERS]      needs bash and curl; FLIGHT_SEARCH_URL is the gateway's URL
set -euo pipefail

searches=${FLIGHT_SEARCH_URL:-http://localhost:8080}/api/flights/search
body=$(printf '{"from":"%s","to":"%s","date":"%s","passengers":%s}' "${1:-CGK}" "${2:-DPS}" "${3:-2027-07-10}" "${4:-2}")

response=$(curl -sS --fail-with-body -H 'Content-Type: application/json' -d "$body" "$searches") || {
  echo "refused: $response" >&2
  exit 1
}
[[ $response =~ \"search_id\":\"([^\"]+) ]] && id=${BASH_REMATCH[1]}
echo "search $id"

# Opens one connection, and prints its lines and then the HTTP status.
connect() { curl -sSN -w 'status %{http_code}\n' -H "Last-Event-ID: $1" "$searches/$id/stream?partials=true" || true; }

last='' retry=1000 outcome='' failures=0
until [ -n "$outcome" ]; do
  name='' data='' seen=$last status='' problem=''
  while IFS= read -r line; do
    case $line in
    'retry: '*) retry=${line#retry: } ;;
    'id: '*) seen=${line#id: } ;;
    'event: '*) name=${line#event: } ;;
    'data: '*) data=${line#data: } ;;
    '') # A blank line completes an event.
      if [ -n "$data" ]; then
        last=$seen failures=0
        echo "${name:-end} $last: ${data:0:150}"
        # Only the terminal event has no name.
        if [ -z "$name" ] && [[ $data =~ \"status\":\"([a-z]+) ]]; then outcome=${BASH_REMATCH[1]}; fi
      fi
      name='' data=''
      ;;
    *'status '*) status=${line##*status } problem=${line%status *} ;;
    esac
  done < <(connect "$last")
  case $status in
  204) outcome=${outcome:-received} ;; # There are no events after the last one.
  4??) echo "refused: $problem" >&2 && exit 1 ;;
  esac
  [ -n "$outcome" ] && break
  failures=$((failures + 1))
  [ "$failures" -lt 10 ] || { echo 'gave up' >&2 && exit 1; }
  echo "connection lost after event ${last:-0}, again in $retry ms" >&2
  sleep "$(printf '%d.%03d' $((retry / 1000)) $((retry % 1000)))"
done

# After the terminal event, a reconnect gets 204, which makes an EventSource stop.
echo "resuming after event $last: $(connect "$last")"
[ "$outcome" = completed ]
