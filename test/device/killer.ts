/**
 * Kills processes in the moment in which a file is empty: `killer.ts FILE PID…`. SoftHSM empties token.object and writes
 * it again at every login; only a loop without pause, in a process of its own, meets that moment.
 */
import { statSync } from 'node:fs'

const [file = '', ...pids] = process.argv.slice(2)
process.stdout.write('ready\n')
while (statSync(file).size > 0);
for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
