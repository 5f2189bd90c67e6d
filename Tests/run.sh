# `./chat4all test`: sourced by that script. Everything it makes lies in one temporary folder, and all that it starts is stopped with it.

run_tests() {
  local part=${1:-all}
  case $part in unit | integration | all) ;; *) fail "test takes unit, integration or all, not $part" ;; esac
  [ $# -le 1 ] || fail "test takes one word: unit, integration or all"

  source "$root/Tests/Hosting/supervise.sh"
  open_run test /tmp
  passed=0 failed=0 skipped=0
  [ "$part" = unit ] || prepare_machine
  test_engine Local "$part" 'Category!=Integration' 'Category=Integration'
  test_orleans "$part"

  close_run
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# --- what the tests need --------------------------------------------------------------------------------------------

prepare_machine() {
  install_packages
  install_promtool
  install_clients
  if CHAT4ALL_TEST_POSTGRES=$(start_postgres); then say "PostgreSQL $(cat "$run/postgres/data/PG_VERSION")"; else say "No PostgreSQL: its tests are skipped."; fi
  export CHAT4ALL_TEST_POSTGRES
  CHAT4ALL_TEST_S3=$("$root/Tests/Hosting/ceph-s3.sh" start "$run/s3" </dev/null) || say "No S3 server: its tests are skipped."
  export CHAT4ALL_TEST_S3
}

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v pg_config >/dev/null; }
has_ceph() { command -v ceph-mon >/dev/null && command -v ceph-osd >/dev/null && command -v radosgw >/dev/null; }
has_websockets() { /usr/bin/python3 -c 'import websockets' 2>/dev/null; }
has_python_kafka() { /usr/bin/python3 -c 'import kafka' 2>/dev/null; }

install_packages() {
  local missing=()
  has_postgres || missing+=(postgresql)
  has_websockets || missing+=(python3-websockets)
  has_python_kafka || missing+=(python3-kafka)
  command -v kcat >/dev/null || missing+=(kcat)
  command -v curl >/dev/null || missing+=(curl)
  command -v sqlite3 >/dev/null || missing+=(sqlite3)
  [ -x /usr/bin/chromium ] || missing+=(chromium)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  install_missing

  # On their own: not every distribution has them, and one unknown name makes apt-get install nothing. They run as root only.
  missing=()
  has_ceph || [ "$(id -u)" -ne 0 ] || missing+=(ceph-mon ceph-osd radosgw)
  install_missing
}

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0

  as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
  if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    say "Missing, and not mine to install here: ${missing[*]} (Debian's names). Tests that need them are skipped."
    return 0
  fi
  say "Installing ${missing[*]} …"
  forbid_services
  apt_install || { "${as_root[@]}" apt-get update -q </dev/null >"$run/apt.log" 2>&1 && apt_install; } \
    || { tail -n 5 "$run/apt.log" >&2; say "apt-get failed: tests that need ${missing[*]} are skipped."; }
  allow_services
}

# The tests start what they need themselves: Debian must not start, and leave running, a server of its own (man invoke-rc.d).
forbid_services() {
  no_services=''
  [ ! -e /usr/sbin/policy-rc.d ] || return 0
  no_services=/usr/sbin/policy-rc.d
  trap 'allow_services; close_run' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin "$no_services"
}

allow_services() {
  [ -z "$no_services" ] || "${as_root[@]}" rm -f "$no_services"
  no_services=''
  trap close_run EXIT
}

# promtool alone, out of Debian's package of Prometheus: neither a service nor a user is made for it.
install_promtool() {
  local tools="$root/artifacts/tools"
  PATH="$PATH:$tools"
  ! command -v promtool >/dev/null || return 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { say "No promtool here, and no Debian to take it from: the check of /metrics with it is skipped."; return 0; }
  say "Fetching promtool …"
  mkdir -p "$tools" "$run/prometheus"
  if (cd "$run/prometheus" && { apt_download || { apt_update && apt_download; }; } && dpkg-deb -x prometheus_*.deb .) </dev/null >"$run/promtool.log" 2>&1; then
    mv "$run/prometheus/usr/bin/promtool" "$tools/"
  else
    tail -n 3 "$run/promtool.log" >&2
    say "apt-get failed: the check of /metrics with promtool is skipped."
  fi
  rm -rf "$run/prometheus"
}

apt_download() { apt-get download -q prometheus; }
apt_update() { if [ "$(id -u)" -eq 0 ]; then apt-get update -q; else sudo -n apt-get update -q; fi; }

apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null >"$run/apt.log" 2>&1
}

# The npm clients at the versions of the lock file, outside the source tree.
install_clients() {
  local clients="$root/artifacts/clients" source="$root/Tests/Clients"
  command -v npm >/dev/null || return 0
  if ! cmp -s "$source/package-lock.json" "$clients/installed-lock.json"; then
    say "Installing the npm clients …"
    mkdir -p "$clients"
    cp "$source/package.json" "$source/package-lock.json" "$clients/"
    if ! (cd "$clients" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error </dev/null >"$run/npm.log" 2>&1); then
      tail -n 5 "$run/npm.log" >&2
      say "npm failed: tests with its clients are skipped."
      return 0
    fi
    cp "$source/package-lock.json" "$clients/installed-lock.json"
  fi
  export CHAT4ALL_TEST_CLIENTS=$clients NODE_PATH=$clients/node_modules
}

# --- running them ---------------------------------------------------------------------------------------------------

# test_engine ENGINE PART UNIT-FILTER INTEGRATION-FILTER: the unit tests first, because they say sooner what is wrong.
test_engine() {
  local engine=$1 part=$2 unit=$3 integration=$4
  build_tests "$engine"
  [ "$part" = integration ] || run_part "$engine" unit "$unit"
  [ "$part" = unit ] || run_part "$engine" integration "$integration"
}

build_tests() {
  local engine=$1
  build_options=(-p:Engine="$engine")
  # The analyzers have seen the same sources in the Local build.
  [ "$engine" = Local ] || build_options+=(-p:RunAnalyzers=false)
  build "tests-$engine" Chat4All.sln "${server_folders[@]}" LoadTests Tests
  build_options=()
  # The solution holds the server too, which `up` needs not build again.
  [ "$engine" != Local ] || cp -p "$root/artifacts/tests-Local.stamp" "$root/artifacts/server.stamp"
}

run_part() {
  local engine=$1 part=$2 filter=$3
  local report="$run/$engine-$part.trx" started=$SECONDS status=0
  say ""
  say "== $part tests, $engine engine"
  # The tests' own temporary files, the servers' data among them, go with the run.
  attended env TMPDIR="$run" dotnet test "$root/artifacts/$engine/bin/Tests/release/Chat4All.Tests.dll" --nologo --filter "$filter" \
    --logger "console;verbosity=minimal" --logger "trx;LogFileName=$report" --blame-hang-timeout 6m --blame-hang-dump-type none \
    --results-directory "$run" || status=$?
  count "$report" "$status"
  say "== $part tests, $engine engine: $((SECONDS - started)) s"
}

# Adds up a report. Skipped tests are in its total, but not among the executed.
count() {
  local report=$1 status=$2 counters
  if ! counters=$(grep -o '<Counters [^>]*' "$report" 2>/dev/null); then
    say "The test run ended without a report (exit code $status)."
    failed=$((failed + 1))
    return 0
  fi
  local total executed good bad
  total=$(counter total) executed=$(counter executed) good=$(counter passed)
  bad=$((executed - good))
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
  # A crash of the test process is a failure even when every test that got so far was fine.
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then failed=$((failed + 1)); fi
}

counter() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }

# On real Orleans, where its packages are to be had: the tests that the engine can make a difference to, those of the rooms that hold grains or call them, and the integration
# tests with the trait Engine=Both. The others talk to parts that are the same on both, and have just been run.
test_orleans() {
  local log="$run/orleans.log" lacking
  if dotnet restore "$root/Chat4All.sln" -p:Engine=Orleans -v quiet --nologo </dev/null >"$log" 2>&1; then
    say ""
    say "== Orleans engine: unit tests of grains, workers, files and compliance; integration tests with the trait Engine=Both: $(engine_tests)"
    test_engine Orleans "$1" \
      'Category!=Integration&(FullyQualifiedName~Tests.Grains.|FullyQualifiedName~Tests.Silo.|FullyQualifiedName~Tests.Files.|FullyQualifiedName~Tests.Compliance.)' \
      'Category=Integration&Engine=Both'
    return
  fi
  lacking=$(grep -o 'Unable to find package [A-Za-z0-9.]*[A-Za-z0-9]' "$log" | sed 's/.* //' | sort -u | paste -sd ' ')
  say ""
  say "== Orleans engine: SKIPPED, its packages don't restore here${lacking:+ (no $lacking in the feed)}; nothing was tested on it"
  [ -n "$lacking" ] || grep error "$log" | head -n 3 >&2 || true
}

engine_tests() { grep -rl --include='*.cs' 'Trait("Engine", "Both")' "$root/Tests" | sed 's|.*/||; s|\.cs$||' | sort | paste -sd ' '; }
