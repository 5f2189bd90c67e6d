"""One user on /ws with Debian's websockets: sends a message, sees it come, and says goodbye. Arguments: server, token, conversation."""
import asyncio
import json
import sys

import websockets

server, token, conversation = sys.argv[1:]


async def main():
    address = server.replace("http", "ws", 1) + "/ws"
    async with websockets.connect(f"{address}?token={token}") as socket:
        assert json.loads(await socket.recv())["type"] == "connection.established"
        data = {"conversation_id": conversation, "channels": ["chat4all"], "content": "from Python"}
        await socket.send(json.dumps({"type": "send", "ref": 1, "data": data}))
        seen = {}
        while not {"ack", "message.created"} <= seen.keys():
            event = json.loads(await asyncio.wait_for(socket.recv(), 20))
            seen[event["type"]] = event
        assert seen["ack"]["ref"] == 1
        assert seen["ack"]["seq"] == seen["message.created"]["data"]["seq"]
        await asyncio.wait_for(await socket.ping(), 20)
    assert socket.close_code == 1000

    try:
        async with websockets.connect(address) as socket:
            await socket.recv()
            raise AssertionError("a socket without a token stayed open")
    except websockets.ConnectionClosed as closed:
        assert closed.code == 4001


asyncio.run(main())
