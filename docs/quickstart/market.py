#!/usr/bin/env python3
"""Reads, subscribes, publishes, is cut off, and goes on without a hole. Needs the package websockets (Debian: python3-websockets).

MARKET_URL    where the server is; http://localhost:8080 by default
MARKET_TOKEN  a token with the scope publish: bin/market token --sub me --scope publish
"""
import asyncio
import json
import os
import time
import urllib.request

import websockets

URL = os.environ.get("MARKET_URL", "http://localhost:8080")
TOKEN = os.environ["MARKET_TOKEN"]


def get(path):
    with urllib.request.urlopen(URL + "/api/v1" + path) as answer:
        return json.load(answer)


def connect():
    # The token goes among the subprotocols; market.v1+json beside it is what the server answers.
    return websockets.connect("ws" + URL[4:] + "/ws", subprotocols=["market.v1+json", "bearer." + TOKEN])


async def command(socket, event, data, on_trade):
    """Sends a command, and returns its reply. What comes before it is live."""
    await socket.send(json.dumps({"event": event, "id": event, "data": data}))
    while True:
        message = json.loads(await socket.recv())
        if message.get("id") == event:
            return message
        await live(message, on_trade)


async def live(message, on_trade):
    if message["event"] == "trade":
        for trade in message["data"]:
            on_trade(trade)


async def main():
    print("ticker", get("/tickers/BTC-USDT")["last"])
    for candle in get("/klines?symbol=BTC-USDT&interval=1m&limit=3"):
        print("candle", candle["openTime"], candle["close"], "closed" if candle["closed"] else "open")

    cursor = {}  # Which history it is, and the seq of the last trade that came.

    def on_trade(trade):
        if trade["seq"] > cursor.get("seq", 0):
            cursor["seq"] = trade["seq"]
            print("trade", trade["seq"], trade["id"], trade["price"], flush=True)

    mine = {"symbol": "BTC-USDT", "id": f"python-{time.time_ns()}", "price": "64000.1", "qty": "0.5"}
    async with connect() as socket:
        cursor["epoch"] = json.loads(await socket.recv())["data"]["epoch"]  # welcome is the first message
        reply = await command(socket, "subscribe", {"rooms": [{"room": "trade:BTC-USDT", "snapshot": 5}]}, on_trade)
        for trade in reply["data"][0]["snapshot"]:
            on_trade(trade)
        # Answered when durable; sent again with the same id it is a duplicate, and changes nothing.
        published = await command(socket, "publish", {"trades": [mine]}, on_trade)
        print("published", published["data"][0])
        while cursor["seq"] < published["data"][0]["seq"]:
            await live(json.loads(await socket.recv()), on_trade)

    # Cut off. Whoever comes back says what it has, and gets the rest: recovered tells that nothing is missing.
    async with connect() as socket:
        since = {"epoch": cursor["epoch"], "seq": cursor["seq"]}
        reply = await command(socket, "subscribe", {"rooms": [{"room": "trade:BTC-USDT", "since": since}]}, on_trade)
        room = reply["data"][0]
        for trade in room.get("snapshot", []):
            on_trade(trade)
        print("recovered", room["recovered"])
        end = cursor["seq"] + 3
        while cursor["seq"] < end:
            await live(json.loads(await socket.recv()), on_trade)


asyncio.run(main())
