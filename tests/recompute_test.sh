#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The figures of a run against tests/recompute.py, which knows nothing of the engine's code; then the
# same with a damaged session, which it must notice.  recompute_test.sh CLI PYTHON
set -euo pipefail
cli=$1
python=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cli" run --scene double_talk --record "$work/session" >/dev/null
"$python" "$here/recompute.py" "$work/session" --cli "$cli" \
    --require erl_db,erle_db,erle_linear_db,echo_delay_ms,near_si_sdr_db,jitter_ms
"$cli" run --scene single_talk --record "$work/long" >/dev/null
"$python" "$here/recompute.py" "$work/long" --require erl_db,erle_db,echo_loss_db
# What an interruption drops has arrived all the same.
"$cli" run --scene barge_in --record "$work/interrupted" >/dev/null
"$python" "$here/recompute.py" "$work/interrupted" --require jitter_ms,echo_delay_ms

# R of a recorded network: a minute of 20 ms packets with varying delay, every 50th lost.
awk 'BEGIN { print "# made here | CC0 | test | frame_ms=20"; print "seq,send_ms,arrival_ms"
    for (i = 0; i < 3000; ++i) {
        delay = 20 + (i * 7919 % 31) + (i % 700 < 8 ? 150 - 18 * (i % 700) : 0)
        printf "%d,%d,%s\n", i, 20 * i, i % 50 == 49 ? "" : 20 * i + delay } }' >"$work/trace.csv"
"$cli" jitter "$work/trace.csv" --buffer adaptive --json >"$work/jitter.json"
"$python" "$here/recompute.py" --report "$work/jitter.json" --require r_factor

# A figure that is wrong must be found: erle_db one decibel higher than it was.
"$python" - "$work/session/metrics.csv" <<'PY'
import csv, sys
rows = list(csv.reader(open(sys.argv[1])))
at = rows[0].index("erle_db")
for row in rows[1:]:
    if row[at]:
        row[at] = repr(float(row[at]) + 1.0)
csv.writer(open(sys.argv[1], "w")).writerows(rows)
PY
if "$python" "$here/recompute.py" "$work/session" >/dev/null; then
    echo "a wrong erle_db was not noticed"
    exit 1
fi
echo "a wrong erle_db was noticed"
