/** hsmnet doctor: what this machine lacks, and the exact command that mends it. */
import { EXIT } from '../exit-codes.ts'
import { checkMachine } from '../machine-checks.ts'
import { print, printJson, table } from '../output.ts'

export async function doctor({ json }: { readonly json: boolean }): Promise<void> {
  const checks = await checkMachine()
  if (checks.some(({ result }) => result === 'lacking')) process.exitCode = EXIT.no
  if (json) {
    printJson(checks)
    return
  }
  print(
    table(
      [{ title: 'CHECK' }, { title: 'RESULT' }, { title: 'TO MEND IT' }],
      checks.map(({ name, result, remedy }) => [name, result, remedy ?? '']),
    ),
  )
}
