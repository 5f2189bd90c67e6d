#!/usr/bin/env bash
# A throw-away PostgreSQL on a loopback port of its own, at its default durability (fsync and synchronous_commit on).
#   postgres.sh start DIR   makes the server in DIR, or starts the one that is there on the port it had; prints its connection string
#   postgres.sh stop DIR    stops it (fast: sessions are cut, what was committed stays)
# As root the server runs as the user postgres, who must be able to enter DIR's parents.
set -euo pipefail

fail() { echo "postgres.sh: $*" >&2; exit 1; }

[ $# -eq 2 ] || fail "usage: postgres.sh start|stop DIR"
verb=$1 dir=$2

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(pg_config --bindir 2>/dev/null) || fail "no PostgreSQL server here: apt-get install postgresql"

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
if [ "$(id -u)" -eq 0 ]; then
  chown postgres: "$dir"
  as_owner() { (cd "$dir" && runuser -u postgres -- "$@"); }
  runuser -u postgres -- test -x "$dir" || fail "the user postgres can't enter $dir"
else
  as_owner() { "$@"; }
fi

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the ephemeral range, so that no outgoing connection takes the port while the server is down.
free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    if is_free "$port"; then echo "$port"; return; fi
  done
  fail "no free port between 20000 and 32000"
}

make_cluster() {
  local password
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  install -m 600 /dev/null "$dir/password"
  echo "$password" >"$dir/password"
  if [ "$(id -u)" -eq 0 ]; then chown postgres: "$dir/password"; fi
  as_owner "$bin/initdb" -D "$dir/data" -U postgres -A scram-sha-256 --pwfile="$dir/password" -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 \
    || { cat "$dir/initdb.log" >&2; fail "initdb failed"; }
}

start() {
  [ -d "$dir/data" ] || make_cluster
  for _ in 1 2 3 4 5; do
    [ -f "$dir/port" ] || free_port >"$dir/port"
    if as_owner "$bin/pg_ctl" -D "$dir/data" -w -t 30 -l "$dir/log" start \
      -o "-p $(cat "$dir/port") -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300" >/dev/null; then
      echo "Host=127.0.0.1;Port=$(cat "$dir/port");Username=postgres;Password=$(cat "$dir/password");Database=postgres"
      return
    fi
    # Someone else may have taken the port between the look and the start; a server that already served keeps its port.
    if grep -q "could not bind" "$dir/log" && [ ! -f "$dir/served" ]; then rm "$dir/port"; else break; fi
  done
  tail -n 20 "$dir/log" >&2
  fail "PostgreSQL did not start in $dir"
}

case $verb in
  start) start; touch "$dir/served" ;;
  stop) as_owner "$bin/pg_ctl" -D "$dir/data" -w -t 30 -m fast stop >/dev/null ;;
  *) fail "usage: postgres.sh start|stop DIR" ;;
esac
