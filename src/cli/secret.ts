/** Secrets come by prompt, file descriptor or a 0600 file, never by argument: process lists are everybody's. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'

/** `source`: a file's path, or `fd:N`; without one the person at the terminal is asked. The last line break is dropped. */
export async function readSecret(what: string, option: string, source: string | undefined): Promise<string> {
  if (source === undefined) return promptFor(what, option)
  const text = source.startsWith('fd:') ? readDescriptor(source) : readPrivateFile(source)
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') {
    throw new Failure(
      { code: 'SecretEmpty', message: `${source} holds no ${what}.`, remedy: 'Write it there.' },
      EXIT.usage,
    )
  }
  return secret
}

function readDescriptor(source: string): string {
  try {
    if (!/^fd:\d{1,4}$/.test(source)) throw new Error('not a number')
    return readFileSync(Number(source.slice(3)), 'utf8')
  } catch {
    const remedy = 'Write fd:N, N being a descriptor that is open for reading, as in: --pin fd:3 3<file.'
    throw new Failure({ code: 'DescriptorNotReadable', message: `${source} cannot be read.`, remedy }, EXIT.usage)
  }
}

function readPrivateFile(file: string): string {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    throw new Failure(
      { code: 'FileNotReadable', message: `${file} cannot be read.`, remedy: 'Check the path.' },
      EXIT.usage,
    )
  }
  try {
    if ((fstatSync(fd).mode & 0o077) !== 0) {
      throw new Failure(
        { code: 'SecretFileReadable', message: `Others may read ${file}.`, remedy: `chmod 600 ${file}` },
        EXIT.usage,
      )
    }
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

function promptFor(what: string, option: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new Failure(
      {
        code: 'SecretMissing',
        message: `The ${what} is needed.`,
        remedy: `Give ${option} FILE (mode 0600) or ${option} fd:N.`,
      },
      EXIT.usage,
    )
  }
  process.stderr.write(`${what}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  return new Promise((resolve, reject) => {
    // Ctrl-C and Ctrl-D close the prompt without an answer.
    lines.once('close', () => {
      process.stderr.write('\n')
      reject(new Failure({ code: 'SecretMissing', message: `No ${what} was given.` }, EXIT.usage))
    })
    lines.question('', answer => {
      resolve(answer)
      lines.close()
    })
  })
}
