#!/bin/sh
# Subscribes with websocat (https://github.com/vi/websocat): the state first, then what is live; and goes on after a cut.
#
#   MARKET_URL     where the server is; http://localhost:8080 by default
#   MARKET_TOKEN   a token with the scope publish: bin/market token --sub me --scope publish
set -eu
url=${MARKET_URL:-http://localhost:8080}
socket=ws${url#http}/ws

# Says one command, and reads for two seconds.
talk() {
    { printf '%s\n' "$1"; sleep 2; } | websocat -t -H="Authorization: Bearer $MARKET_TOKEN" "$socket"
}

# The last five trades, and then each new one.
first=$(talk '{"event":"subscribe","id":1,"data":{"rooms":[{"room":"trade:BTC-USDT","snapshot":5}]}}')
printf '%s\n' "$first"

# The cursor: which history it is, and the seq of the last trade that came.
epoch=$(printf '%s\n' "$first" | sed -n 's/.*"epoch":"\([^"]*\)".*/\1/p')
seq=$(printf '%s\n' "$first" | grep -o '"room":"trade:BTC-USDT",\("ok":true,\)*"seq":[0-9]*' | sed 's/.*://' | sort -n | tail -1)

# While nobody is connected, a trade is published …
trade="{\"symbol\":\"BTC-USDT\",\"id\":\"websocat-$(date +%s)\",\"price\":\"64000.1\",\"qty\":\"0.5\"}"
talk "{\"event\":\"publish\",\"id\":2,\"data\":{\"trades\":[$trade]}}"

# … and who comes back with its cursor gets it: "recovered":true says that nothing is missing.
talk "{\"event\":\"subscribe\",\"id\":3,\"data\":{\"rooms\":[{\"room\":\"trade:BTC-USDT\",\"since\":{\"epoch\":\"$epoch\",\"seq\":$seq}}]}}"
