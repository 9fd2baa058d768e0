# shellcheck shell=bash
# make lint: style and the mistakes that can be seen without running anything.

# The environment alone. With it at hand, this may run beside a long test run.
need_tools() {
    case $(cat "$STATE/venv/.ready" 2>/dev/null) in
    "$(venv_key)"*) mkdir -p "$STATE/log" ;;
    *)
        open_state
        prepare_python
        ;;
    esac
}

cmd_lint() {
    need_tools
    run_lint || die "lint found something; see above."
}

cmd_readme() {
    need_tools
    "$PY" "$ROOT/tools/make_readme.py" "$ROOT"
}

lint_check() {
    local label=$1
    shift
    if LINT_OUTPUT=$(cd "$ROOT" && "$@" 2>&1); then
        say "- lint: $label"
    else
        say "- lint: $label FAILED"
        printf '%s\n' "$LINT_OUTPUT"
        LINT_FAILED=1
    fi
}

run_lint() {
    local bin=$STATE/venv/bin names=()
    LINT_FAILED=''
    mapfile -t names < <(addons)
    lint_check "ruff check" "$bin/ruff" check --no-cache .
    lint_check "ruff format" "$bin/ruff" format --no-cache --check --diff .
    if [ "${#names[@]}" -gt 0 ]; then
        lint_check "pylint-odoo" "$PY" -m pylint --rcfile=.pylintrc --score=n "${names[@]}"
    fi
    lint_check "names in docs" "$PY" "$ROOT/tools/check_docs.py" "$ROOT"
    lint_check "README of each addon" "$PY" "$ROOT/tools/make_readme.py" "$ROOT" --check
    lint_check "translations" "$PY" "$ROOT/tools/check_i18n.py" "$ROOT"
    lint_check "shellcheck" "$bin/shellcheck" --shell=bash --external-sources \
        "$ROOT"/tools/run.sh "$ROOT"/tools/lib/*.sh "$ROOT"/.ci/run
    [ -z "$LINT_FAILED" ]
}
