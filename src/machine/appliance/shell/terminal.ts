/**
 * The person's side of an SSH channel: prints, and reads lines. With a terminal at the other end it echoes and edits;
 * without one, as in a script, it takes lines as they come.
 */
import type { Duplex } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

const LONGEST_LINE = 1024
const [INTERRUPT, END, BACKSPACE, DELETE, KILL_LINE] = ['\x03', '\x04', '\b', '\x7f', '\x15']

interface Reading {
  readonly echo: boolean
  readonly resolve: (line: string | null) => void
}

export class Terminal {
  readonly #channel: Duplex
  readonly #tty: boolean
  readonly #decoder = new StringDecoder('utf8')
  /** Typed before anyone asked: it is echoed, or not, by whoever asks. */
  #typed = ''
  #line = ''
  #reading: Reading | null = null
  #ended = false

  constructor(channel: Duplex, tty: boolean) {
    this.#channel = channel
    this.#tty = tty
    channel.on('data', (chunk: Buffer) => {
      this.#typed += this.#decoder.write(chunk)
      this.#consume()
      // Typed ahead of a command that runs: the rest waits on the way.
      if (this.#typed.length > LONGEST_LINE) channel.pause()
    })
    channel.on('end', () => this.#end())
    channel.on('close', () => this.#end())
    channel.on('error', () => this.#end())
  }

  /** True once nothing more can be read. */
  get ended(): boolean {
    return this.#ended && this.#typed === ''
  }

  print(line: string): void {
    this.#write(`${line}\n`)
  }

  /** One line without its end; null where the person interrupted it or is gone. */
  readLine(prompt: string, echo: boolean): Promise<string | null> {
    this.#write(prompt)
    return new Promise(resolve => {
      this.#reading = { echo, resolve }
      this.#consume()
      if (this.#typed.length <= LONGEST_LINE) this.#channel.resume()
      if (this.#ended) this.#finish(this.#unfinished())
    })
  }

  #consume(): void {
    while (this.#reading && this.#typed !== '') {
      // Arrow keys and the like: nothing here has a use for them.
      this.#typed = this.#typed.replace(/^(?:\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|.))+/, '')
      const [key = ''] = this.#typed
      this.#typed = this.#typed.slice(key.length)
      this.#press(key, this.#reading.echo)
    }
  }

  #press(key: string, echo: boolean): void {
    if (key === '\r' || key === '\n') {
      if (key === '\r' && this.#typed.startsWith('\n')) this.#typed = this.#typed.slice(1)
      this.#newLine(echo)
      this.#finish(this.#line)
    } else if (this.#tty && key === INTERRUPT) {
      this.#newLine(echo)
      this.#finish(null)
    } else if (this.#tty && key === END) {
      if (this.#line === '') this.#end()
    } else if (this.#tty && (key === BACKSPACE || key === DELETE)) {
      this.#erase(1, echo)
    } else if (this.#tty && key === KILL_LINE) {
      this.#erase(this.#line.length, echo)
    } else if (key >= ' ' && this.#line.length < LONGEST_LINE) {
      this.#line += key
      if (this.#tty && echo) this.#write(key)
    }
  }

  #erase(count: number, echo: boolean): void {
    const erased = Math.min(count, this.#line.length)
    this.#line = this.#line.slice(0, this.#line.length - erased)
    if (echo) this.#write('\b \b'.repeat(erased))
  }

  /** The person's own Enter is not shown by anyone else; after a secret, the prompt needs an end of its own. */
  #newLine(echo: boolean): void {
    if (this.#tty || !echo) this.#write('\n')
  }

  #finish(line: string | null): void {
    const reading = this.#reading
    this.#reading = null
    this.#line = ''
    reading?.resolve(line)
  }

  #end(): void {
    this.#ended = true
    this.#finish(this.#unfinished())
  }

  /** A script's last line may lack its end; what a person was still typing when they went is no command. */
  #unfinished(): string | null {
    return this.#tty || this.#line === '' ? null : this.#line
  }

  #write(text: string): void {
    if (this.#channel.writable) this.#channel.write(this.#tty ? text.replaceAll('\n', '\r\n') : text)
  }
}
