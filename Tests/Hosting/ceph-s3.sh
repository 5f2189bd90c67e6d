#!/usr/bin/env bash
# A throw-away S3 server on a loopback port of its own: a Ceph object gateway over one daemon each, in memory. Needs root and Debian's ceph-mon, ceph-osd and radosgw.
#   ceph-s3.sh start DIR   makes the server in DIR; prints its settings: ENDPOINT ACCESS_KEY SECRET_KEY
#   ceph-s3.sh pause DIR   ends the gateway alone, as a server that is away; what was stored stays
#   ceph-s3.sh resume DIR  starts the gateway again on its port
#   ceph-s3.sh stop DIR    ends all of it; what was stored is gone
set -euo pipefail

fail() { echo "ceph-s3.sh: $*" >&2; exit 1; }

[ $# -eq 2 ] || fail "usage: ceph-s3.sh start|pause|resume|stop DIR"
verb=$1 dir=$2
access=testaccess secret=testsecret123

for program in ceph-mon ceph-osd radosgw radosgw-admin ceph-authtool monmaptool; do
  command -v "$program" >/dev/null || fail "no $program here: apt-get install --no-install-recommends ceph-mon ceph-osd radosgw"
done
[ "$(id -u)" -eq 0 ] || fail "the daemons start as root only"

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
export CEPH_CONF=$dir/ceph.conf

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the ephemeral range, so that no outgoing connection takes the port while the gateway is down.
free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    if is_free "$port"; then echo "$port"; return; fi
  done
  fail "no free port between 20000 and 32000"
}

configure() {
  local cluster=$1
  free_port >"$dir/port"
  cat >"$CEPH_CONF" <<EOF
[global]
fsid = $cluster
mon_initial_members = a
mon_host = v2:127.0.0.1:$(free_port)
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# The gateway would wait for five minutes for a secured session, which there is not without keys.
ms_mon_client_mode = crc
run_dir = $dir/run
admin_socket = $dir/run/\$name.\$pid.asok
crash_dir = $dir/log
log_file = $dir/log/\$name.log
keyring = $dir/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
[mon]
mon_data = $dir/mon
mon_cluster_log_file = $dir/log/cluster.log
# A nearly full disk of the machine's is no concern of a store in memory.
mon_data_avail_crit = 1
mon_data_avail_warn = 1
paxos_propose_interval = 0.05
[osd]
osd_data = $dir/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_memory_target = 1073741824
[client]
rgw_frontends = beast endpoint=127.0.0.1:$(cat "$dir/port")
rgw_thread_pool_size = 32
# Gives back what was deleted within seconds rather than hours.
rgw_gc_obj_min_wait = 1
rgw_gc_processor_period = 3
rgw_gc_processor_max_time = 3
EOF
}

start_gateway() {
  timeout 60 radosgw -n client.admin --pid-file "$dir/run/gateway.pid" >/dev/null 2>&1
  for _ in $(seq 600); do
    if curl -s -o /dev/null "http://127.0.0.1:$(cat "$dir/port")/"; then return; fi
    sleep 0.05
  done
  fail "the gateway did not answer; see $dir/log"
}

start() {
  local cluster osd maker
  cluster=$(cat /proc/sys/kernel/random/uuid) osd=$(cat /proc/sys/kernel/random/uuid)
  mkdir -p "$dir"/{run,log,mon,osd}
  configure "$cluster"
  ceph-authtool --create-keyring "$dir/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' >/dev/null
  monmaptool --create --fsid "$cluster" --addv a "[$(sed -n 's/^mon_host = //p' "$CEPH_CONF")]" --set-min-mon-release 16 "$dir/monmap" >/dev/null
  ceph-osd -i 0 --mkfs --osd-uuid "$osd" >"$dir/log/osd.mkfs" 2>&1 &
  maker=$!
  ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring" >/dev/null
  ceph-mon -i a --pid-file "$dir/run/mon.pid" >/dev/null 2>&1
  timeout 60 ceph osd new "$osd" 0 >/dev/null
  wait "$maker"
  ceph-osd -i 0 --pid-file "$dir/run/osd.pid" >/dev/null 2>&1
  timeout 60 radosgw-admin user create --uid test --display-name test --access-key "$access" --secret-key "$secret" >"$dir/log/user.json" 2>"$dir/log/user.errors"
  start_gateway
  echo "http://127.0.0.1:$(cat "$dir/port") $access $secret"
}

# Nothing here is worth an orderly end.
end() {
  local pid
  pid=$(cat "$dir/run/$1.pid" 2>/dev/null) || return 0
  kill -KILL "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do
    case $(ps -o stat= -p "$pid") in '' | Z*) return 0 ;; esac
    sleep 0.05
  done
  fail "$1 does not end"
}

case $verb in
  start) start ;;
  pause) end gateway ;;
  resume) start_gateway ;;
  stop) for daemon in gateway osd mon; do end "$daemon"; done ;;
  *) fail "usage: ceph-s3.sh start|pause|resume|stop DIR" ;;
esac
