#!/bin/sh
# Installs the locked front-end packages and bundles them; brings Node where the machine has none.
set -e
export NPM_CONFIG_UPDATE_NOTIFIER=false
if ! command -v npm >/dev/null 2>&1 && [ ! -x .venv/bin/npm ]; then
    sh requirements/install.sh requirements/node.txt
fi
PATH="$PATH:$PWD/.venv/bin"
if [ ! -d node_modules/esbuild ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --omit=dev
fi
node static/build.mjs
DJANGO_SETTINGS_MODULE=partnernet.settings .venv/bin/python -m django collectstatic --pythonpath . --noinput --verbosity 0
