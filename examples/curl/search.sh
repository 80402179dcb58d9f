#!/usr/bin/env bash
# Submits a search, prints its events as they come, and resumes wherever the connection breaks.
# usage: search.sh [FROM TO DATE PASSENGERS]      needs bash and curl; FLIGHT_SEARCH_URL says where the gateway is
set -euo pipefail

searches=${FLIGHT_SEARCH_URL:-http://localhost:8080}/api/flights/search
body=$(printf '{"from":"%s","to":"%s","date":"%s","passengers":%s}' "${1:-CGK}" "${2:-DPS}" "${3:-2027-07-10}" "${4:-2}")

answer=$(curl -sS --fail-with-body -H 'Content-Type: application/json' -d "$body" "$searches") || {
  echo "refused: $answer" >&2
  exit 1
}
[[ $answer =~ \"search_id\":\"([^\"]+) ]] && id=${BASH_REMATCH[1]}
echo "search $id"

# One connection: its lines, and behind them the HTTP status.
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
    '') # An event is complete when its blank line has come, and counts only then.
      if [ -n "$data" ]; then
        last=$seen failures=0
        echo "${name:-end} $last: ${data:0:150}"
        # The terminal event has no name; what has one is news on the way.
        if [ -z "$name" ] && [[ $data =~ \"status\":\"([a-z]+) ]]; then outcome=${BASH_REMATCH[1]}; fi
      fi
      name='' data=''
      ;;
    *'status '*) status=${line##*status } problem=${line%status *} ;;
    esac
  done < <(connect "$last")
  case $status in
  204) outcome=${outcome:-told} ;; # Everything has been told.
  4??) echo "refused: $problem" >&2 && exit 1 ;;
  esac
  [ -n "$outcome" ] && break
  failures=$((failures + 1))
  [ "$failures" -lt 10 ] || { echo 'gave up' >&2 && exit 1; }
  echo "connection lost after event ${last:-0}, again in $retry ms" >&2
  sleep "$(printf '%d.%03d' $((retry / 1000)) $((retry % 1000)))"
done

# Whoever has had the last event is told so by 204: an EventSource that reconnects then stops for good.
echo "resuming behind event $last: $(connect "$last")"
[ "$outcome" = completed ]
