# Fairlead as an image. Nothing is downloaded here: `npm run image:prepare` makes .work/image first.
#
#   npm run image:prepare && docker build -t fairlead .
#   docker run --init --restart unless-stopped -v /var/run/docker.sock:/var/run/docker.sock \
#     -v fairlead:/var/lib/fairlead fairlead run --repository https://git.example.com/acme/site.git
#
# The daemon runs as root because the engine's socket belongs to root; whoever may write to that socket is root on the
# host anyway. With a group of its own: --user 65532 --group-add "$(stat -c %g /var/run/docker.sock)".
# `fairlead validate` needs no socket: docker run --rm -v "$PWD":/repo:ro --user 65532 fairlead validate /repo
ARG BASE=node:20-bookworm-slim
FROM ${BASE}

LABEL org.opencontainers.image.title="fairlead" \
      org.opencontainers.image.description="A GitOps reconciler for Docker hosts" \
      org.opencontainers.image.licenses="Apache-2.0"

ENV NODE_ENV=production
COPY .work/image/ /app/
VOLUME /var/lib/fairlead
EXPOSE 4646
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["--help"]
