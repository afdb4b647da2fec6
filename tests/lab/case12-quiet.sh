#!/bin/bash
# Case 1.2 without its fault: the phone stays registered through 10 keep-alives at true scale.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: lab --case case1
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

trap 'kill $(jobs -p) 2>/dev/null' EXIT
out=$LAB_OUT
servers "$out"
printf '# Watch only.\n' >"$out/watch.rules"
run_offhook "$out" "$out/watch.rules"
sccp_phone "$out"
tenth() { has "$out/phone.json" '.event == "keepalive_ack" and .n == 10'; }
check "10 keep-alives answered" busywait 330 tenth
refute "the phone never left" has "$out/phone.json" '.event == "unregistered" or .event == "failover"'
check "CUCM logged nothing" test ! -s "$out/syslog"
stop_offhook
check "offhook saw no ARP conflict" grep -Eq 'ARP conflicts +0$' "$out/offhook.txt"
check "and injected nothing" grep -Eq 'frames injected +0$' "$out/offhook.txt"
