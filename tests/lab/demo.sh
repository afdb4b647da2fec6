#!/bin/bash
# scripts/demo: both acts, in its own words, with offhook's output kept, in under 90 s.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: host
. "$(dirname "$0")/lib.sh"

out=$(mktemp -d "${TMPDIR:-/tmp}/offhook-demo.XXXXXX")
trap 'rm -rf "$out"' EXIT
begin=$SECONDS
"$top/scripts/demo" --out "$out/kept" >"$out/said" 2>&1 </dev/null
status=$?
took=$((SECONDS - begin))
cat "$out/said"
check "ends with status 0" test $status = 0
check "took $took s, under 90" test $took -lt 90
check "act 1: the ASA's MAC in the phone's ARP entry" grep -q 'ARP entry for CUCM: .*f4:0f:1b:1e:26:a9' "$out/said"
check "act 1: registers with the subscriber" grep -q 'registered with the subscriber (10.10.10.203)' "$out/said"
check "act 1: reason 13" grep -q 'Reason=13' "$out/said"
check "act 2: CUCM's MAC in the phone's ARP entry" grep -q 'ARP entry for CUCM: .*00:50:56:0a:02:02' "$out/said"
check "act 2: the phone stays" grep -q '[3-9] keep-alives answered, no ARP conflict; the phone stays' "$out/said"
refute "every line after the start says that it is scaled" grep -v '^\[×5\] ' <(tail -n +3 "$out/said")
check "offhook's own output is kept" grep -q 'rule asa-answers-first acted' "$out/kept/broken/offhook.txt"
