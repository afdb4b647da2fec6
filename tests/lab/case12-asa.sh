#!/bin/bash
# Case 1.2 with the ASA's real proxy ARP: offhook names the conflict; with proxy ARP off the phone stays.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: lab --case case1
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

asa=f4:0f:1b:1e:26:a9 pub=00:50:56:0a:02:02
trap 'kill $(jobs -p) 2>/dev/null' EXIT
out=$LAB_OUT/on
mkdir -p "$out"
# In the lab both answer within a microsecond of each other: CUCM's is held back.
cat >"$out/late.rules" <<'END'
rule cucm-answers-late {
    from   cucm
    match  arp.opcode == 2 && eth.src == 00:50:56:0a:02:02
    do     delay 20ms
}
END
"$topology" proxy-arp on
servers "$out"
run_offhook "$out" "$out/late.rules"
on phone1 ip neigh replace 10.10.10.202 lladdr $pub dev eth0 nud reachable
sccp_phone "$out"
phone=$!
check "registered with the publisher" busywait 5 has "$out/phone.json" '.event == "registered" and .server == "10.10.10.202"'
check "leaves, and registers with the subscriber" busywait 45 has "$out/phone.json" \
	'.event == "registered" and .server == "10.10.10.203"'
check "the neighbour entry holds the ASA's MAC" grep -q $asa <(on phone1 ip neigh show 10.10.10.202)
check "CUCM logs reason 13" busywait 90 grep -q 'EndPointUnregistered.*Reason=13' "$out/syslog"
stop $phone
stop_offhook
check "offhook names the ARP conflict and both MACs" grep -q "ARP conflict.*$asa.*$pub" "$out/offhook.txt"
check "and injected nothing" grep -Eq 'frames injected +0$' "$out/offhook.txt"
stop $(jobs -p)

out=$LAB_OUT/off
mkdir -p "$out"
printf '# Watch only.\n' >"$out/watch.rules"
"$topology" proxy-arp off
servers "$out"
run_offhook "$out" "$out/watch.rules"
sccp_phone "$out"
check "proxy ARP off: two keep-alives answered" busywait 70 has "$out/phone.json" '.event == "keepalive_ack" and .n == 2'
refute "the phone never left" has "$out/phone.json" '.event == "unregistered" or .event == "failover"'
stop_offhook
check "offhook saw no ARP conflict" grep -Eq 'ARP conflicts +0$' "$out/offhook.txt"
check "and injected nothing" grep -Eq 'frames injected +0$' "$out/offhook.txt"
