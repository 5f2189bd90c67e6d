#!/usr/bin/env bash
# Uploads a file into a conversation, in chunks that are checked on their way. Stopped or cut, the same command goes on where it was.
#
#   docs/examples/upload.sh FILE [CONVERSATION]
#
# CHAT4ALL_URL, CHAT4ALL_USER and CHAT4ALL_SECRET say where and as whom; the default is a demo user of `./chat4all up`.
# Needs curl, jq, sha256sum and split. What is under way lies in a folder FILE.upload, which goes when the file is complete.
set -euo pipefail

url=${CHAT4ALL_URL:-http://localhost:8000} user=${CHAT4ALL_USER:-user1} secret=${CHAT4ALL_SECRET:-password123}
[ $# -ge 1 ] && [ -s "$1" ] || { echo "usage: $0 FILE [CONVERSATION]" >&2; exit 2; }
file=$1 conversation=${2:-conv-test} work=$1.upload
chunk_size=${CHAT4ALL_CHUNK_SIZE:-5242880}

sign_in() {
  token=$(curl -fsS "$url/auth/token" -d grant_type=client_credentials --data-urlencode client_id="$user" --data-urlencode client_secret="$secret" \
    | jq -r .access_token)
  # The time of the next sign-in: tokens last 15 minutes.
  renew_at=$((SECONDS + 600))
}

# call METHOD PATH [CURL-OPTION…]: prints the answer; on a refusal prints that and fails. What is only busy or away is asked again.
call() {
  local method=$1 path=$2
  shift 2
  [ "$SECONDS" -lt "$renew_at" ] || sign_in
  curl -sS --fail-with-body --retry 5 --retry-connrefused --max-time 600 -X "$method" "$url$path" -H "Authorization: Bearer $token" "$@"
}

initiate() {
  local sum type
  sum=$(sha256sum <"$file" | cut -d ' ' -f 1)
  type=$(file -b --mime-type "$file" 2>/dev/null || echo application/octet-stream)
  jq -n --arg conversation "$conversation" --arg name "$(basename "$file")" --arg type "$type" --arg sum "$sum" \
    --argjson size "$(wc -c <"$file")" --argjson chunk "$chunk_size" \
    '{conversation_id: $conversation, filename: $name, file_size: $size, mime_type: $type, checksum_sha256: $sum, chunk_size: $chunk}' \
    | call POST /v1/files/initiate -H 'Content-Type: application/json' --data-binary @-
}

# What is under way, in $status; fails when nothing is, or when it is over: an upload that has expired is 404, and one that was refused has failed for good.
resume() {
  [ -s "$work/id" ] && id=$(cat "$work/id") && status=$(call GET "/v1/files/$id/status") \
    && [ "$(jq -r 'if .error == "merge_failed" then "again" else .status end' <<<"$status")" != failed ]
}

begin() {
  rm -rf "$work"
  mkdir "$work"
  split -d -a 5 -b "$chunk_size" "$file" "$work/chunk_"
  last=$(initiate) || { echo "$last" >&2; return 1; }
  jq -r .upload_id <<<"$last" >"$work/id"
  resume
}

# answer CODE…: whether the last refusal is one of these.
answer() { [[ " $* " == *" $(jq -r .error <<<"$last" 2>/dev/null) "* ]]; }

send_chunks() {
  local number chunk sum
  for number in $(jq '.missing_chunks[]' <<<"$status"); do
    chunk=$(printf '%s/chunk_%05d' "$work" $((number - 1)))
    sum=$(sha256sum "$chunk" | cut -d ' ' -f 1)
    last=$(call POST "/v1/files/$id/chunks?chunk_number=$number&checksum_sha256=$sum" -H 'Content-Type: application/octet-stream' -T "$chunk") || return
    jq -r '"\(.uploaded_chunks) of \(.total_chunks) chunks, \(.percentage) %"' <<<"$last" >&2
  done
  last=$(call POST "/v1/files/$id/complete")
}

sign_in
resume || begin
# It may come to its end while it is under way.
send_chunks || { answer upload_expired upload_failed && begin && send_chunks; } || { echo "$last" >&2; exit 1; }
until status=$(call GET "/v1/files/$id/status") && [ "$(jq -r .status <<<"$status")" != merging ]; do sleep 0.2; done
if [ "$(jq -r .status <<<"$status")" != completed ]; then
  echo "The file was refused: $(jq -r .error <<<"$status")" >&2
  rm -rf "$work"
  exit 1
fi

rm -rf "$work"
call POST /v1/messages -H 'Content-Type: application/json' -d "$(jq -n --arg conversation "$conversation" --arg id "$id" \
  '{message_id: ("file-" + $id), conversation_id: $conversation, channels: ["chat4all"], payload: {type: "file", file_id: $id}}')" \
  | jq -r '"Sent as message \(.seq)"' >&2
echo "$url$(jq -r .download_url <<<"$status")"
