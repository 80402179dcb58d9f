#!/usr/bin/env bash
# Runs the examples against a running gateway and checks their exit codes.
# usage: try-all.sh [BASE_URL]      needs curl, node and python3; installs the Python packages into a temporary venv
set -euo pipefail

FLIGHT_SEARCH_URL=${1:-${FLIGHT_SEARCH_URL:-http://localhost:8080}}
FLIGHT_SEARCH_URL=${FLIGHT_SEARCH_URL%/}
export FLIGHT_SEARCH_URL
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r python/requirements.txt

passed=0 failed=0
# check NAME EXPECTED_EXIT EXPECTED_TEXT COMMAND...
check() {
  local name=$1 expected=$2 text=$3 code=0
  shift 3
  timeout 120 "$@" >"$work/out" 2>&1 || code=$?
  if [ "$code" -eq "$expected" ] && grep -q -- "$text" "$work/out"; then
    echo "ok   $name"
    passed=$((passed + 1))
  else
    echo "FAIL $name: exit code $code instead of $expected, or no \"$text\" in"
    sed 's/^/     /' "$work/out"
    failed=$((failed + 1))
  fi
}

both() {
  local name=$1 end=$2
  shift 2
  check "$name finds flights" 0 "$end" "$@" CGK DPS 2027-07-10 2
  check "$name names the wrong field" 1 passengers "$@" CGK DPS 2027-07-10 99
}
both curl 'status 204' curl/search.sh
both node 'completed with' node node/search.mjs
both python 'completed with' "$work/venv/bin/python" python/search.py

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
