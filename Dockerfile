# One image for every role; compose.yaml says which command makes which. Nothing secret is in it.
FROM python:3.13-slim AS packages
COPY requirements.txt /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /site forum \
    && install -d -o forum /site/var /run/probation-forum
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/site/var
WORKDIR /site
COPY manage.py ./
COPY static static
COPY templates templates
COPY config config
COPY accounts accounts
COPY forum forum
COPY moderation moderation
RUN python -m compileall -q .
USER forum
# The key is for this line only: without one, the settings would make a key and leave it in the image.
RUN SECRET_KEY=only-while-the-image-is-built python manage.py collectstatic --noinput -v0
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "config/deploy/ready.py"]
CMD ["gunicorn", "-c", "config/gunicorn.py", "-w", "4", "--worker-tmp-dir", "/dev/shm", "-b", "0.0.0.0:8000", "-b", "unix:/run/probation-forum/web.sock", "config.wsgi:application"]
