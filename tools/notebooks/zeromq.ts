// A client's end of two of ZeroMQ's sockets, DEALER and SUB, over TCP: what it takes to talk to a
// kernel on this machine. Messages are lists of byte strings, here called frames.
//
// Source: ZMTP 3.0, RFC 23 of rfc.zeromq.org, with the NULL mechanism: no passwords, no keys.

/** Bytes that a message is made of. */
export type Frame = Uint8Array<ArrayBuffer>;

/** Kind of a socket: DEALER asks and is answered, SUB hears all that is published. */
export type SocketType = "DEALER" | "SUB";

const GREETING_BYTES = 64;

/** Bits of the byte before a frame. */
const [MORE, LONG, COMMAND] = [1, 2, 4];

/** To a publisher: everything that begins with no bytes at all. */
const SUBSCRIBE_TO_ALL = Uint8Array.of(1);

/** One connection. */
export class Socket {
  readonly #connection: Deno.Conn;
  #buffered: Frame = new Uint8Array();

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Connects to a port of this machine, and shakes hands. */
  static async connect(port: number, type: SocketType): Promise<Socket> {
    const socket = new Socket(await Deno.connect({ hostname: "127.0.0.1", port }));
    try {
      await socket.#shakeHands(type);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  async #shakeHands(type: SocketType): Promise<void> {
    await this.#write(greeting());
    const other = await this.#read(GREETING_BYTES);
    if (other[0] !== 0xff || other[9] !== 0x7f || other[10] < 3) {
      throw new TypeError(
        `Cannot connect: the other side must speak ZMTP 3: it begins with ${other.slice(0, 11)}`,
      );
    }
    await this.#write(framed(ready(type), COMMAND));
    await this.#readFrame(); // what the other side is
    if (type === "SUB") await this.send([SUBSCRIBE_TO_ALL]);
  }

  /** Sends a message, in one piece: small ones that follow each other would be held up. */
  async send(frames: readonly Frame[]): Promise<void> {
    const last = frames.length - 1;
    await this.#write(joined(...frames.map((frame, i) => framed(frame, i < last ? MORE : 0))));
  }

  /** The next message. It fails when the connection ends. */
  async receive(): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (true) {
      const { flags, body } = await this.#readFrame();
      if (flags & COMMAND) continue; // a sign of life
      frames.push(body);
      if (!(flags & MORE)) return frames;
    }
  }

  /** Ends the connection; who waits for a message gets an error. */
  close(): void {
    this.#connection.close();
  }

  async #readFrame(): Promise<{ flags: number; body: Frame }> {
    const [flags] = await this.#read(1);
    const size = await this.#read(flags & LONG ? 8 : 1);
    const length = flags & LONG ? Number(new DataView(size.buffer).getBigUint64(0)) : size[0];
    return { flags, body: await this.#read(length) };
  }

  async #write(bytes: Frame): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += await this.#connection.write(bytes.subarray(written));
    }
  }

  async #read(length: number): Promise<Frame> {
    const chunk = new Uint8Array(2 ** 16);
    while (this.#buffered.length < length) {
      const count = await this.#connection.read(chunk);
      if (count === null) {
        throw new TypeError("Cannot read message: the connection must be open: it has ended");
      }
      this.#buffered = joined(this.#buffered, chunk.subarray(0, count));
    }
    const bytes = this.#buffered.slice(0, length);
    this.#buffered = this.#buffered.subarray(length);
    return bytes;
  }
}

/** A frame with its length before it. */
function framed(body: Frame, flags: number): Frame {
  const isLong = body.length > 255;
  const head = new DataView(new ArrayBuffer(isLong ? 9 : 2));
  head.setUint8(0, flags | (isLong ? LONG : 0));
  if (isLong) head.setBigUint64(1, BigInt(body.length));
  else head.setUint8(1, body.length);
  return joined(new Uint8Array(head.buffer), body);
}

/** Makes the first frame of both sides: version 3.0, no security. */
function greeting(): Frame {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes.set([0x7f, 3, 0], 9);
  bytes.set(new TextEncoder().encode("NULL"), 12);
  return bytes;
}

/** Makes the frame that names the kind of this side. */
function ready(type: SocketType): Frame {
  const command = new TextEncoder().encode("\x05READY");
  return joined(command, property("Socket-Type", type), property("Identity", ""));
}

function property(name: string, value: string): Frame {
  const [key, text] = [name, value].map((word) => new TextEncoder().encode(word));
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, text.length);
  return joined(Uint8Array.of(key.length), key, new Uint8Array(size.buffer), text);
}

function joined(...parts: readonly Frame[]): Frame {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
