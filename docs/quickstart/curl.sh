#!/bin/sh
# Reads a ticker and candles, publishes a trade, and reads on from where it was, with curl alone.
#
#   MARKET_URL     where the server is; http://localhost:8080 by default
#   MARKET_TOKEN   a token with the scope publish: bin/market token --sub me --scope publish
set -eu
api=${MARKET_URL:-http://localhost:8080}/api/v1

# The rolling 24 hours, and the last three candles of a minute.
curl -sSf "$api/tickers/BTC-USDT" && echo
curl -sSf "$api/klines?symbol=BTC-USDT&interval=1m&limit=3" && echo

# Where the history is: the seq of the newest trade.
seq=$(curl -sSf "$api/trades?symbol=BTC-USDT&limit=1" | sed 's/.*"seq":\([0-9]*\).*/\1/')

# The answer comes when the trade is durable. Sent again with the same id it is a duplicate, and changes nothing.
id=curl-$(date +%s)
curl -sSf "$api/trades" -H "Authorization: Bearer $MARKET_TOKEN" -H 'Content-Type: application/json' \
    -d "[{\"symbol\":\"BTC-USDT\",\"id\":\"$id\",\"price\":\"64000.1\",\"qty\":\"0.5\",\"takerSide\":\"buy\"}]" && echo

# Everything since, each trade once: seq has no holes. What is durable is to be read a moment later.
until curl -sSf "$api/trades?symbol=BTC-USDT&fromSeq=$((seq + 1))" | grep "\"$id\""; do sleep 0.1; done
