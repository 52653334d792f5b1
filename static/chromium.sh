#!/bin/sh
# Unpacks the headless Chromium that an npm package carries, for the browser tests.
set -e
export NPM_CONFIG_UPDATE_NOTIFIER=false
PATH="$PATH:$PWD/.venv/bin"
if [ ! -d node_modules/@sparticuz/chromium ]; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
fi
.venv/bin/python -m partnernet.embedded.chromium
