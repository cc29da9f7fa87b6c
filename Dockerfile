# The one image of Aigaq: workers, Prefect's server and the command line are all made of it.
# Python packages are held to the hashes of requirements.lock; the process is nobody's root.
FROM python:3.11.13-slim-bookworm

WORKDIR /opt/aigaq
COPY scripts/system-packages scripts/
RUN scripts/system-packages --runtime && rm -rf /var/lib/apt/lists/*

COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY aigaq aigaq
# uv itself comes with its hash from the lock; it checks every other package against the lock too.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock > uv.lock \
    && python -m pip install --no-cache-dir --require-hashes --no-deps -r uv.lock \
    && uv pip install --system --no-cache --compile-bytecode --constraint requirements.lock .

COPY deploy/enter deploy/make-bucket /usr/local/bin/
# The archive's home; in served archives it holds locks, receipts and the readers' work.
RUN useradd --create-home --uid 10001 aigaq && install -d -o aigaq -g aigaq -m 0700 \
        /home/aigaq/archive /home/aigaq/prefect
USER aigaq
WORKDIR /home/aigaq
ENV AIGAQ_HOME=/home/aigaq/archive \
    DO_NOT_TRACK=1 \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    OMP_THREAD_LIMIT=1
ENTRYPOINT ["enter"]
CMD ["aigaq", "--help"]
