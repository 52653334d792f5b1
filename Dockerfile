# One image for web, worker, beat and one-off commands. Nothing secret is baked in; the root may be read-only.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/ requirements/
RUN python -m venv .venv && sh requirements/install.sh requirements/base.txt
COPY package.json package-lock.json manage.py ./
COPY static/ static/
COPY templates/ templates/
COPY partnernet/ partnernet/
COPY partners/ partners/
COPY clients/ clients/
COPY contracts/ contracts/
COPY engagements/ engagements/
COPY billing/ billing/
# The bundling needs settings but no secret: this key signs nothing and stays in this stage's environment.
RUN SECRET_KEY=build LINK_KEY=build sh static/build.sh && rm -rf node_modules .venv/bin/node .venv/bin/npm

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin partnernet \
    && mkdir -p /data && chown partnernet /data
WORKDIR /app
COPY --from=build --chown=root:root /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=partnernet.settings \
    PARTNERNET_ENV=production \
    PARTNERNET_DATA=/data
USER partnernet
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--no-ws", "partnernet.wsgi:application"]
