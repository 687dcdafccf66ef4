// The socket to the server: messages in, requests with their answers out; it comes back by itself.

export class Link {
  constructor(onMessage, onOpen) {
    this.onMessage = onMessage;
    this.onOpen = onOpen;
    this.number = 0;
    this.waiting = new Map();
    this.heard = performance.now();
    this.open();
  }

  open() {
    this.socket = new WebSocket(`ws://${location.host}/socket`);
    this.socket.onopen = () => this.onOpen();
    this.socket.onmessage = (event) => {
      this.heard = performance.now();
      const message = JSON.parse(event.data);
      if (message.kind !== "answer") this.onMessage(message);
      else if (this.waiting.has(message.id)) this.settle(message.id, message);
    };
    this.socket.onclose = () => {
      for (const id of [...this.waiting.keys()]) this.settle(id, { ok: false, why: "the page lost its server" });
      setTimeout(() => this.open(), 1000);
    };
  }

  settle(id, answer) {
    this.waiting.get(id)(answer);
    this.waiting.delete(id);
  }

  // Seconds in which nothing was heard.
  get silence() { return (performance.now() - this.heard) / 1000; }

  ask(word, fields = {}) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, why: "the page has no server" });
    const id = ++this.number;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ do: word, id, ...fields }));
    });
  }
}
