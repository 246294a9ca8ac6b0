"""A reader without a browser: speaks to the server as Streamlit's own page does, in its protocol buffers over a WebSocket."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Selectbox_pb2 import Selectbox
from websockets.asyncio.client import ClientConnection, connect


@dataclass(slots=True)
class Answer:
    """What came back for one run of the page."""

    seconds: float = 0.0
    elements: list[Element] = field(default_factory=list)

    def written(self) -> str:
        """All HTML of the page."""
        return "".join(one.html.body for one in self.elements if one.WhichOneof("type") == "html")

    def box(self, label: str) -> Selectbox:
        """The select box of that label."""
        return next(one.selectbox for one in self.elements if one.WhichOneof("type") == "selectbox" and one.selectbox.label == label)


class Reader:
    """One session on one page."""

    def __init__(self, socket: ClientConnection, page: str, query: str) -> None:
        self._socket = socket
        self._chosen: dict[str, str] = {}
        self._page = page
        self._query = query

    @classmethod
    async def come(cls, host: str, page: str, query: str) -> Reader:
        """A new session; nothing is asked yet."""
        socket = await connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None, open_timeout=60)  # pyright: ignore[reportArgumentType]
        return cls(socket, page, query)

    async def leave(self) -> None:
        """End the session."""
        await self._socket.close()

    async def choose(self, box: str, option: str) -> Answer:
        """Choose an option of the select box of that id; the answer is the page as it is then."""
        self._chosen[box] = option
        return await self.ask()

    async def ask(self) -> Answer:
        """Run the page with what is chosen, and wait until it has been told whole."""
        answer, started = Answer(), time.perf_counter()
        await self._socket.send(self._question().SerializeToString())
        async for message in self._messages():
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                answer.elements.append(message.delta.new_element)
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "script_finished":
                break
        answer.seconds = time.perf_counter() - started
        return answer

    def _question(self) -> BackMsg:
        question = BackMsg()
        asked = question.rerun_script
        asked.page_name, asked.query_string = self._page, self._query
        asked.context_info.url = f"http://127.0.0.1/{self._page}"
        for box, option in self._chosen.items():
            asked.widget_states.widgets.add(id=box, string_value=option)
        return question

    async def _messages(self) -> AsyncIterator[ForwardMsg]:
        async for data in self._socket:
            message = ForwardMsg()
            message.ParseFromString(data)  # pyright: ignore[reportArgumentType]
            yield message
