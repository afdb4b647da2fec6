#!/bin/bash
# Case 1.2 at true scale: the ASA's answer, played by rules/asa-proxy-arp.rules, takes the phone's keep-alive.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: lab --case case1
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

asa=f4:0f:1b:1e:26:a9 pub=00:50:56:0a:02:02
trap 'kill $(jobs -p) 2>/dev/null' EXIT
out=$LAB_OUT
servers "$out"
run_offhook "$out" rules/asa-proxy-arp.rules
start phone1 tcpdump -i eth0 -n -e -tt -l -U tcp dst port 2000 >"$out/sent" 2>/dev/null
on phone1 ip neigh replace 10.10.10.202 lladdr $pub dev eth0 nud reachable
# The note's phone began with 0.2 s. A slow round trip, as on a busy machine, makes it longer: then it starts anew.
for try in $(seq 30); do
	sccp_phone "$out"
	phone=$!
	busywait 5 has "$out/phone.json" '.event == "registered" and .server == "10.10.10.202"' ||
		fail "the phone does not register with the publisher"
	rto=$(first_rto phone1)
	[ "$rto" != 200 ] || break
	echo "start $try: first RTO $rto ms, not 200: again"
	stop $phone
	rm -f "$out/phone.json"
done
check "registered with the publisher, first RTO 200 ms" test "$rto" = 200

# The first keep-alive is due after 30 s.
check "gave up" busywait 45 has "$out/phone.json" '.event == "failover" or .event == "unregistered"'
check "the neighbour entry holds the ASA's MAC" grep -q $asa <(on phone1 ip neigh show 10.10.10.202)
check "registers with the subscriber" busywait 10 has "$out/phone.json" \
	'.event == "registered" and .server == "10.10.10.203"'
check "CUCM logs reason 13" busywait 90 grep -q 'EndPointUnregistered.*Reason=13' "$out/syslog"
stop $phone

# The keep-alive's copies: those with payload, to the ASA.
grep "> $asa" "$out/sent" | grep -v 'length 0$' | awk '{ print $1 }' >"$out/copies"
first=$(head -n 1 "$out/copies")
gaps=$(awk 'NR > 1 { printf "%s%.3f", (NR > 2 ? " " : ""), $1 - last } { last = $1 }' "$out/copies")
echo "gaps of the keep-alive's retransmissions: $gaps s (the note: 0.199 0.440 0.820)"
read -r g1 g2 g3 _ <<<"$gaps"
check "first gap" within "${g1:-0}" 0.2 0.02
check "second gap" within "${g2:-0}" 0.44 0.044
check "third gap" within "${g3:-0}" 0.82 0.082
left=$(jq -rs 'map(select(.event == "failover" or .event == "unregistered")) | first | .wall' "$out/phone.json")
check "gives up about 2.4 s after the keep-alive: $(awk -v a="$left" -v b="$first" 'BEGIN { printf "%.3f", a - b }') s" \
	within "$(awk -v a="$left" -v b="$first" 'BEGIN { print a - b }')" 2.4 0.24

# The lead of the injected answer over CUCM's own, for 100 requests.
start phone1 tcpdump -i eth0 -n -e -tt -l -U 'arp[6:2] = 2' >"$out/answers" 2>/dev/null
dump=$!
sleep 0.5
for _ in $(seq 100); do
	on phone1 arping -q -f -c 1 -w 2 -I eth0 10.10.10.202
	sleep 0.05
done
sleep 0.5
stop $dump
awk -v asa=$asa -v pub=$pub '$2 == asa { at = $1 } $2 == pub { if (at) printf "%.0f\n", ($1 - at) * 1e6; else print -1; at = 0 }' \
	"$out/answers" | sort -n >"$out/leads"
n=$(wc -l <"$out/leads")
echo "lead of the injected answer over $n requests: least $(head -n 1 "$out/leads") µs, median $(sed -n "$((n / 2 + 1))p" "$out/leads") µs"
check "100 requests answered by both" test "$n" -ge 100
check "the injected answer first in all" test "$(head -n 1 "$out/leads")" -gt 0
stop_offhook
check "offhook says which rule acted" grep -q 'rule asa-answers-first acted' "$out/offhook.txt"
check "and names the ARP conflict with both MACs" grep -q "ARP conflict.*$asa.*$pub" "$out/offhook.txt"
