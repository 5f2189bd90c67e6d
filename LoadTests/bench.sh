# `./chat4all bench`: sourced by that script. Measures on SQLite and on PostgreSQL and writes one report to artifacts/bench.
# Everything else that it makes lies in one temporary folder; all that it starts is stopped with it.

loadtests="$root/artifacts/Local/bin/LoadTests/release/Chat4All.LoadTests.dll"

run_bench() {
  local names=() options=() postgres='' scenario
  while [ $# -gt 0 ]; do
    case $1 in
      --client-ids) options+=("$1") ;;
      --*) [ $# -ge 2 ] || fail "$1 needs a value"; options+=("$1" "$2"); shift ;;
      *) names+=("$1") ;;
    esac
    shift
  done

  build_server
  build loadtests LoadTests/LoadTests.csproj LoadTests Orleans.Local
  if [ "${names[0]:-}" = list ]; then
    dotnet "$loadtests" list
    return
  fi

  local all baselines=() of_server=()
  all=$(dotnet "$loadtests" list "${names[@]}") || fail "$all"
  for scenario in $(cut -d ' ' -f 1 <<<"$all"); do
    case $scenario in baseline-* | engine) baselines+=("$scenario") ;; *) of_server+=("$scenario") ;; esac
  done

  # The idle scenario needs a descriptor a connection on either side; the hard limit is all that can be had here.
  ulimit -n "$(ulimit -Hn)"
  source "$root/Tests/Hosting/supervise.sh"
  open_run bench /tmp
  results="$root/artifacts/bench"
  mkdir -p "$results"
  server='' bench_status=0 reports=() raw=(--raw-folder "$run")
  # The program's own stamp is that of its last build, which needs none when only the server changed.
  commit=$(git -C "$root" describe --always --abbrev=12 --dirty 2>/dev/null) || commit=unknown
  [ "$(stat -f -c %T "$run")" != tmpfs ] || say "Beware: /tmp is in memory here, so that syncing to disk costs nothing."
  (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$run/admin-secret")

  postgres=$(start_postgres) || { say "No PostgreSQL here: only SQLite is measured."; postgres=''; }

  [ ${#baselines[@]} -eq 0 ] || measure baselines "${baselines[@]}" ${postgres:+--postgres "$postgres"} "${options[@]}"
  [ ${#of_server[@]} -eq 0 ] || bench_store sqlite
  [ ${#of_server[@]} -eq 0 ] || [ -z "$postgres" ] || bench_store postgres --postgres "$postgres" --demo
  bench_s3
  bench_kafka

  say ""
  dotnet "$loadtests" report "${reports[@]}" --json "$results/report.json" --html "$results/report.html" --markdown "$results/report.md"
  say "The report: $results/report.html, .md and .json"
  close_run
  [ "$bench_status" -eq 0 ] || fail "not all of it ran, or counts disagree: see above"
}

# Uploads into an S3 server, where one can be had; nothing else depends on where files lie.
bench_s3() {
  local uploads=() s3 scenario
  for scenario in "${of_server[@]}"; do
    case $scenario in upload*) uploads+=("$scenario") ;; esac
  done
  [ ${#uploads[@]} -gt 0 ] || return 0
  s3=$("$root/Tests/Hosting/ceph-s3.sh" start "$run/s3" </dev/null) || { say "No S3 server here: uploads are measured on files only."; return 0; }
  local of_server=("${uploads[@]}") endpoint access secret
  read -r endpoint access secret <<<"$s3"
  raw=(--raw-s3 "$s3")
  S3_ENDPOINT=$endpoint AWS_ACCESS_KEY_ID=$access AWS_SECRET_ACCESS_KEY=$secret bench_store s3
  "$root/Tests/Hosting/ceph-s3.sh" stop "$run/s3"
}

# Publication and deliveries with Kafka as the event log: librdkafka's own brokers, in memory, which the tests' program runs. A partition keeps its newest 5 MiB, so there are many. They let
# a fetch that finds nothing wait out its time, whatever arrives meanwhile, where Kafka's own answer at once: that time is set short, or it would be what is measured.
bench_kafka() {
  local deliveries=() scenario broker brokers=''
  for scenario in "${of_server[@]}"; do
    case $scenario in delivery* | publish* | outbox*) deliveries+=("$scenario") ;; esac
  done
  [ ${#deliveries[@]} -gt 0 ] || return 0
  build tests-brokers Tests/Tests.csproj "${server_folders[@]}" LoadTests Tests
  mkfifo "$run/brokers-in"
  dotnet "$root/artifacts/Local/bin/Tests/release/Chat4All.Tests.dll" kafka 3 64 <"$run/brokers-in" >"$run/brokers-out" 2>&1 &
  broker=$!
  exec 7>"$run/brokers-in"
  for scenario in $(seq 100); do
    brokers=$(sed -n 's/^bootstrap //p' "$run/brokers-out")
    [ -z "$brokers" ] || break
    sleep 0.1
  done
  if [ -n "$brokers" ]; then
    local of_server=("${deliveries[@]}")
    raw=(--brokers "$run/brokers-in")
    KAFKA_BOOTSTRAP_SERVERS=$brokers bench_store sqlite-kafka --Kafka:Client:fetch.wait.max.ms=10
  else
    say "Kafka's brokers did not start: deliveries are measured with the embedded log only."
  fi
  exec 7>&-
  wait "$broker" 2>/dev/null || true
}

# bench_store STORE [SERVER-OPTION ...]: a fresh server on the store, and all that is measured on it.
bench_store() {
  local store=$1 data="$run/$1" port names
  shift
  # The default profile starts on SQLite; on a database that lives on, a start is no first start. Where the log is the store, a commit is the publication.
  names=()
  for scenario in "${of_server[@]}"; do
    case $store:$scenario in
      sqlite:start-up | sqlite-kafka:publish* | sqlite-kafka:outbox*) names+=("$scenario") ;;
      *:start-up | *:publish* | *:outbox*) ;;
      *) names+=("$scenario") ;;
    esac
  done
  [ ${#names[@]} -gt 0 ] || return 0

  port=$(free_port)
  mkdir -p "$data"
  # Signing a thousand users in is preparation: with the default's slow hashes it would take minutes. Nothing measured signs in.
  # The simulated platform answers and confirms at once: what it waits is not the hub's time.
  CHAT4ALL_RATE_LIMIT=off CHAT4ALL_ADMIN_ID=bench-admin CHAT4ALL_ADMIN_SECRET=$(cat "$run/admin-secret") \
    dotnet "$frontend" --port "$port" --data "$data" --Auth:HashIterations=10000 \
    --Channels:Simulator:DeliveredMin=00:00:00 --Channels:Simulator:DeliveredMax=00:00:00 --Channels:Simulator:ReadReceipts=false "$@" </dev/null >"$run/$store.log" 2>&1 &
  server=$!
  if ! wait_until_ready "$port"; then
    tail -n 20 "$run/$store.log" >&2
    say "The server on $store did not get ready: nothing was measured on it."
    bench_status=1
    stop_server
    return 0
  fi
  measure "$store" "${names[@]}" --url "http://127.0.0.1:$port" --label "$store" --server-pid "$server" \
    --admin-id bench-admin --admin-secret-file "$run/admin-secret" \
    --server-command "dotnet '$frontend' --port {port} --data {data}" "${raw[@]}" "${options[@]}"
  stop_server
}

# measure NAME ARGUMENT...: one run of the generator; its results are kept for the report.
measure() {
  local file="$run/$1.json"
  shift
  attended dotnet "$loadtests" run "$@" --commit "$commit" --json "$file" || bench_status=$?
  [ ! -f "$file" ] || reports+=(--in "$file")
}

wait_until_ready() {
  local _
  for _ in $(seq 300); do
    kill -0 "$server" 2>/dev/null || return 1
    if curl -sf -o /dev/null "http://127.0.0.1:$1/ready"; then return 0; fi
    sleep 0.1
  done
  return 1
}

# Below the ephemeral range, so that no outgoing connection takes it.
free_port() {
  local port _
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  fail "no free port between 20000 and 32000"
}

stop_server() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=''
}
