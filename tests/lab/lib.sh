# Helpers of the lab cases; to be sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
topology=$top/examples/lab/topology.sh

fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "$*"; exit 77; }

# check WHAT COMMAND…: the command must succeed.
check()
{
	local what=$1
	shift
	"$@" || fail "$what"
	echo "ok: $what"
}

# refute WHAT COMMAND…: the command must fail.
refute()
{
	local what=$1
	shift
	! "$@" || fail "$what"
	echo "ok: $what"
}

# on NAMESPACE COMMAND… (the mounts stay the caller's, unlike `ip netns exec`)
on() { nsenter "--net=/run/netns/$1" "${@:2}"; }

# The same in the background; $! is the command's own.
start() { nsenter "--net=/run/netns/$1" "${@:2}" & }

# busywait SECONDS COMMAND…: until the command succeeds; fails after so long. What lasts is asked for less often: in
# user-mode-linux starting a program costs enough to disturb the times that are measured.
busywait()
{
	local begin=$SECONDS end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt "$end" ] || return 1
		if [ $((SECONDS - begin)) -lt 2 ]; then sleep 0.2; else sleep 1; fi
	done
}

# within VALUE WANTED TOLERANCE: |VALUE - WANTED| <= TOLERANCE
within() { awk -v v="$1" -v w="$2" -v t="$3" 'BEGIN { d = v - w; exit !((d < 0 ? -d : d) <= t) }'; }

# stop PID…: SIGTERM and its end.
stop() { kill "$@" 2>/dev/null; wait "$@" 2>/dev/null; return 0; }

# has FILE CONDITION: some JSON line of FILE meets jq's condition (a line half written is not one yet).
has() { [ -s "$1" ] && jq -R -e -n "[inputs | fromjson? | select($2)] | length > 0" "$1" >/dev/null; }

# The lab's speed for offhook and the stand-ins, which refuse none.
speed=${LAB_SPEED:-1}

# servers DIR [OPTION…]: CUCM's publisher and subscriber in the background; their lines in DIR.
servers()
{
	local dir=$1
	shift
	start pub build/lab/cucm --name pub --listen 10.10.10.202 --speed "$speed" --json "$dir/pub.json" \
		--syslog "$dir/syslog" "$@"
	start sub build/lab/cucm --name sub --listen 10.10.10.203 --speed "$speed" --json "$dir/sub.json" \
		--syslog "$dir/syslog-sub" "$@"
}

# run_offhook DIR [OPTION…] RULES: in the background, until it runs; its output in DIR/offhook.txt.
run_offhook()
{
	local dir=$1
	shift
	start box build/offhook run --phones p0 --cucm c0 --speed "$speed" "$@" >"$dir/offhook.txt" 2>&1
	offhook=$!
	busywait 10 grep -q 'offhook runs' "$dir/offhook.txt" || {
		cat "$dir/offhook.txt"
		fail "offhook does not run"
	}
}

# The end of the run, with its summary; its exit status must be 0.
stop_offhook()
{
	kill -TERM "$offhook"
	wait "$offhook"
	check "offhook ends with status 0" test $? = 0
}

# sccp_phone DIR [OPTION…]: phone1 in the background ($!), asking for CUCM's MAC before each keep-alive.
sccp_phone()
{
	local dir=$1
	shift
	start phone1 build/lab/phone --proto sccp --name SEP001B54000011 --local 10.10.10.11 --primary 10.10.10.202 \
		--backup 10.10.10.203 --bind-dev eth0 --flush-neighbour --speed "$speed" --json "$dir/phone.json" "$@"
}

# first_rto PHONE: the retransmission time-out of its connection to the publisher, in ms.
first_rto() { on "$1" ss -tinH dst 10.10.10.202 | grep -o 'rto:[0-9]*' | head -n 1 | cut -d : -f 2; }
