# The production image: one for all processes, which differ in their command (docker-compose.yml).
FROM python:3.12-slim AS packages
WORKDIR /build
COPY requirements/base.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r base.txt

FROM python:3.12-slim
# WeasyPrint needs Pango to make PDFs; the Noto fonts are for what Inter lacks, East Asian text and emoji.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
      fonts-noto-cjk fonts-noto-color-emoji \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --shell /usr/sbin/nologin kontor
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings
WORKDIR /app
COPY . .
# The key is for this step only, and not stored in the image. Nothing is compiled at run time.
RUN SECRET_KEY=collectstatic KONTOR_DOMAIN=localhost python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q .
USER kontor
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "portal.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", \
     "--workers=2", "--threads=12", "--max-requests=5000", "--max-requests-jitter=500", \
     "--graceful-timeout=30", "--no-control-socket"]
