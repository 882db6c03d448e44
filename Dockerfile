# syntax=docker/dockerfile:1

# ClubOS in one image: server, worker and commands. Debian, since the Node that the project brings as a dependency (the
# exact version of package-lock.json) and its other binaries are built against glibc; the Node of the first stages is there
# for its npm alone.
FROM node:24-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

# With what building needs.
FROM dependencies AS build
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent build

# What runs: without development's dependencies, and without those of the web UI, which is built.
FROM dependencies AS production
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
RUN node scripts/ui_packages.ts --remove && rm -rf node_modules/.cache

FROM debian:trixie-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/clubos --create-home --shell /usr/sbin/nologin clubos
WORKDIR /app
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/web/dist web/dist
COPY package.json LICENSE ./
COPY cli cli
COPY core core
COPY server server
COPY worker worker
COPY migrations migrations
COPY sql sql
COPY data/demo data/demo
COPY docs docs
ENV NODE_ENV=production \
    PATH=/app/node_modules/node/bin:$PATH \
    CLUBOS_DATA_DIR=/var/lib/clubos \
    HOST=0.0.0.0 \
    PORT=5678
USER 10001:10001
VOLUME /var/lib/clubos
EXPOSE 5678
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "cli/clubos.ts"]
CMD ["start", "--no-web"]
