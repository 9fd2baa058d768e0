#!/usr/bin/env bash
# What the Makefile calls: run.sh demo|test|check|stop|...   (`make help` lists them)
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
STATE=${STATE_DIR:-$ROOT/.odoo}

# shellcheck source=tools/lib/common.sh
. "$ROOT/tools/lib/common.sh"
# shellcheck source=tools/lib/python.sh
. "$ROOT/tools/lib/python.sh"
# shellcheck source=tools/lib/odoo.sh
. "$ROOT/tools/lib/odoo.sh"
# shellcheck source=tools/lib/postgres.sh
. "$ROOT/tools/lib/postgres.sh"
# shellcheck source=tools/lib/database.sh
. "$ROOT/tools/lib/database.sh"
# shellcheck source=tools/lib/demo.sh
. "$ROOT/tools/lib/demo.sh"
# shellcheck source=tools/lib/lint.sh
. "$ROOT/tools/lib/lint.sh"
# shellcheck source=tools/lib/lifecycle.sh
. "$ROOT/tools/lib/lifecycle.sh"
# shellcheck source=tools/lib/oca.sh
. "$ROOT/tools/lib/oca.sh"
# shellcheck source=tools/lib/axe.sh
. "$ROOT/tools/lib/axe.sh"
# shellcheck source=tools/lib/wheels.sh
. "$ROOT/tools/lib/wheels.sh"
# shellcheck source=tools/lib/lanes.sh
. "$ROOT/tools/lib/lanes.sh"
# shellcheck source=tools/lib/tests.sh
. "$ROOT/tools/lib/tests.sh"
# shellcheck source=tools/lib/hours.sh
. "$ROOT/tools/lib/hours.sh"
# shellcheck source=tools/lib/check.sh
. "$ROOT/tools/lib/check.sh"
# shellcheck source=tools/lib/load.sh
. "$ROOT/tools/lib/load.sh"
# shellcheck source=tools/lib/kill.sh
. "$ROOT/tools/lib/kill.sh"
# shellcheck source=tools/lib/native.sh
. "$ROOT/tools/lib/native.sh"

case ${1:-} in
demo | test | check | stop | clean | lint | dist | readme | pot | shell | psql | bench | load | kill | native | hours) "cmd_$1" ;;
*) die "usage: tools/run.sh demo|test|check|stop|clean|lint|dist|readme|pot|shell|psql|bench|load|native|hours" ;;
esac
