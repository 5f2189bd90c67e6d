# Sourced by Tests/run.sh and LoadTests/bench.sh: one temporary folder that holds all that a run makes, and a PostgreSQL in it.
# Whatever way the run ends, what it started is stopped and the folder is gone.

# open_run NAME PARENT makes the folder. PARENT is not TMPDIR, because the user postgres must be able to enter it.
open_run() {
  run=$(mktemp -d "$2/chat4all-$1.XXXXXX")
  chmod 711 "$run"
  child=''
  trap close_run EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

close_run() {
  trap '' INT TERM
  trap - EXIT
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  [ ! -f "$run/postgres/port" ] || "$root/Tests/Hosting/postgres.sh" stop "$run/postgres" 2>/dev/null || true
  [ ! -f "$run/s3/port" ] || "$root/Tests/Hosting/ceph-s3.sh" stop "$run/s3" 2>/dev/null || true
  stop_strays
  rm -rf "$run"
}

# Programs whose parent was killed before it could stop them: they carry this run's own folder in their command line.
stop_strays() {
  local found
  # The folder goes in by stdin: in its own command line the search would find itself. To find nothing is no failure.
  { grep -lF -f - /proc/[0-9]*/cmdline <<<"$run/" 2>/dev/null || true; } | while IFS=/ read -r _ _ found _; do
    kill -KILL "$found" 2>/dev/null || true
  done
}

# Runs a command so that a signal to this script ends it at once instead of after it.
attended() {
  local status=0
  "$@" </dev/null &
  child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

# Prints the connection string of a PostgreSQL that ends with the run; says why when there is none.
start_postgres() { "$root/Tests/Hosting/postgres.sh" start "$run/postgres" </dev/null; }
