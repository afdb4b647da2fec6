#!/bin/bash
# Case 2, every timer divided by 10: port security ages the MAC out and keep-alive 8 comes too late; three runs, the
# cycle twice over, each beside an oracle that drops in the access switch's kernel.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: host
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

# sip_phone NUMBER FILE: phone1 or phone2 in the background. What it says to the standby follows each 200: no silence ends by it.
# At this scale one slow round trip at its start makes the first RTO 30 ms, and that fails at keep-alive 7, rightly
# but not the case: then the phone starts anew.
sip_phone()
{
	local try rto
	for try in $(seq 30); do
		start "phone$1" build/lab/phone --proto sip --name "SEP001B5400001$1" --local "10.10.10.1$1" \
			--primary 10.10.10.202 --backup 10.10.10.203 --failover delayed \
			--speed "$speed" --json "$2"
		busywait 5 has "$2" '.event == "registered"' || fail "phone$1 does not register"
		rto=$(first_rto "phone$1")
		[ "$rto" != 20 ] || return 0
		echo "phone$1, start $try: first RTO $rto ms, not 20: again"
		stop $!
		rm -f "$2"
	done
	fail "phone$1: no start with a first RTO of 20 ms: the machine is too busy"
}

# The registrations that CUCM gave up: how long each lasted, the last keep-alive heard, the first RTO. PHONE DIR
endings()
{
	jq -rn --arg name "SEP001B5400001$1" '[inputs | select(.name == $name)] |
		reduce .[] as $e ({at: null, n: 0, out: []};
		if $e.event == "registered" then .at = $e.t | .n = 0
		elif $e.event == "keepalive" then .n = $e.n
		elif $e.event == "unregistered" and $e.reason == 13 and .at != null
		then .out += ["\($e.t - .at) \(.n)"] | .at = null
		else . end) | .out[]' "$2/pub.json" >"$2/ended$1"
	jq -r 'select(.event == "keepalive" and .n == 1 and .server == "10.10.10.202") | .rto' "$2/phone$1.json" |
		paste -d ' ' "$2/ended$1" - | awk 'NF == 3'
}

inside()
{
	local out=$LAB_OUT
	trap 'kill $(jobs -p) 2>/dev/null' EXIT
	# phone1's port ages in offhook's rule, phone2's in the oracle: each must not see the other's phone.
	sed 's/^\( *match \) *ip /\1 eth.src == 00:1b:54:00:00:11 \&\& ip /' rules/port-security-aging.rules >"$out/case2.rules"
	grep -q 'eth.src == 00:1b:54:00:00:11 && ip' "$out/case2.rules" || fail "the shipped rule no longer begins with ip"
	servers "$out"
	run_offhook "$out" -D age=6s "$out/case2.rules"
	sip_phone 1 "$out/phone1.json"
	sip_phone 2 "$out/phone2.json"
	"$topology" oracle 6s phone2
	# Twice: registration to loss, and the monitor time on the subscriber between.
	busywait 260 twice || fail "the cycle did not come twice"
	stop_offhook
}
given_up() { grep -c "\"name\":\"SEP001B5400001$1\",\"event\":\"unregistered\".*\"reason\":13," "$LAB_OUT/pub.json"; }
# Programs started beside the phones delay them: ask seldom.
twice() { sleep 3; [ "$(given_up 1)" -ge 2 ] && [ "$(given_up 2)" -ge 1 ]; }

# judged TIME N RTO: by the formula of case 2 (interval n times, the RTOs before it, the grace), with the first RTO that this registration had.
judged()
{
	read -r n wanted <<<"$(awk -v r="$3" 'BEGIN {
		for (n = 1; r * 2 ^ (n - 1) <= 1.5; n++);
		printf "%d %.3f", n, 11.5 * n + r * (2 ^ (n - 1) - 1) + 1.5 }')"
	check "[×10] keep-alive $n failed" test "$2" = $((n - 1))
	check "[×10] after $1 s, within 3 % of $wanted s" within "$1" "$wanted" "$(awk -v w="$wanted" 'BEGIN { print w * 0.03 }')"
}

if [ "${1-}" = inside ]; then
	inside
	exit 0
fi

out=$(mktemp -d "${TMPDIR:-/tmp}/offhook-case2.XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$out"' EXIT
for run in 1 2 3; do
	scripts/lab --speed 10 --case case2 --out "$out/$run" "$0" inside >"$out/$run.log" 2>&1 &
	eval "pid$run=$!"
done
for run in 1 2 3; do
	pid=pid$run
	wait "${!pid}" || { cat "$out/$run.log"; tail -n 40 "$out/$run/offhook.txt"; fail "run $run"; }
	d=$out/$run
	grep -h 'again$' "$out/$run.log"
	for phone in 1 2; do
		endings $phone "$d" | head -n 2 >"$d/endings$phone"
		sed "s/^/[×10] run $run, phone$phone: time, last keep-alive heard, first RTO: /" "$d/endings$phone"
	done
	while read -r time n rto; do
		judged "$time" "$n" "$rto"
	done <"$d/endings1"
	read -r time n rto <"$d/endings1"
	read -r oracle_time oracle_n _ <"$d/endings2"
	check "keep-alive 8 failed in run $run" test "$n" = 7
	check "the oracle's n" test "$n" = "$oracle_n"
	check "the oracle's time within 1 %" within "$time" "$oracle_time" "$(awk -v t="$oracle_time" 'BEGIN { print t / 100 }')"
	check "on the subscriber between" has "$d/phone1.json" '.event == "registered" and .server == "10.10.10.203"'
	check "for the monitor time" has "$d/phone1.json" '.event == "failback"'
done
