#!/bin/sh
# Installs one locked file with its hashes: by uv where it can be had (seconds), by pip otherwise.
set -e
export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
# pip compiles what it installs; uv only when told. Otherwise every first start compiles all of it, in each process.
export UV_COMPILE_BYTECODE=1
# Companies put certificates of their own into the system's store, which uv does not read unless told.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
if [ ! -x .venv/bin/uv ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt || true
fi
if [ -x .venv/bin/uv ] && .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$1"; then
    exit 0
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
