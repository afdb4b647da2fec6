#!/bin/bash
# Case 2, every timer divided by 10: port security ages the MAC out and keep-alive 8 comes too late; three runs, the
# cycle twice over, each beside an oracle that drops in the access switch's kernel.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: host
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

# sip_phone NUMBER FILE: phone1 or phone2 in the background. Alone on its port: nothing is sent to the standby.
sip_phone()
{
	start "phone$1" build/lab/phone --proto sip --name "SEP001B5400001$1" --local "10.10.10.1$1" --no-standby \
		--primary 10.10.10.202 --backup 10.10.10.203 --failover delayed --speed "$speed" --json "$2"
}

# The registrations that CUCM ended: lasting time, number of the last keep-alive. NAME FILE
endings()
{
	jq -rn --arg name "$1" '[inputs | select(.name == $name)] | reduce .[] as $e ({at: null, n: 0, out: []};
		if $e.event == "registered" then .at = $e.t | .n = 0
		elif $e.event == "keepalive" then .n = $e.n
		elif $e.event == "unregistered" and .at != null then .out += ["\($e.t - .at) \(.n) \($e.reason)"] | .at = null
		else . end) | .out[]' "$2"
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
	busywait 5 has "$out/phone2.json" '.event == "registered"' || fail "phone2 does not register"
	"$topology" oracle 6s phone2
	# Twice: registration to loss, and the monitor time on the subscriber between.
	busywait 260 twice || fail "the cycle did not come twice"
	stop_offhook
}
twice()
{
	[ "$(endings SEP001B54000011 "$LAB_OUT/pub.json" | wc -l)" -ge 2 ] &&
		[ "$(endings SEP001B54000012 "$LAB_OUT/pub.json" | wc -l)" -ge 2 ]
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
	r0=$(jq -rn '[inputs | select(.event == "keepalive" and .n == 1)][0].rto' "$d/phone1.json")
	echo "[×10] run $run: first RTO $r0 s"
	for phone in 1 2; do
		endings SEP001B5400001$phone "$d/pub.json" | head -n 2 >"$d/endings$phone"
		sed "s/^/[×10] run $run, phone$phone: unregistered after, last keep-alive seen, reason: /" "$d/endings$phone"
	done
	while read -r time n reason; do
		wanted=$(awk -v n=8 -v r="$r0" 'BEGIN { print 11.5 * n + r * (2 ^ (n - 1) - 1) + 1.5 }')
		check "unregistered within 3 % of $wanted s" within "$time" "$wanted" "$(awk -v w="$wanted" 'BEGIN { print w * 0.03 }')"
		check "keep-alive 8 was the one that failed" test "$n" = 7
		check "reason 13" test "$reason" = 13
	done <"$d/endings1"
	paste -d ' ' "$d/endings1" "$d/endings2" | while read -r t1 n1 _ t2 n2 _; do
		check "the oracle's n" test "$n1" = "$n2"
		check "the oracle's time within 1 %" within "$t1" "$t2" "$(awk -v t="$t2" 'BEGIN { print t / 100 }')"
	done || exit 1
	check "on the subscriber between" has "$d/phone1.json" '.event == "registered" and .server == "10.10.10.203"'
done
