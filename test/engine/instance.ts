/** Starts an agent or ends an instance as the user who runs this: `node instance.ts start|end STATE`. */
import { openState, statePaths } from '../../src/base/process/state.ts'
import { endInstance, startAgent } from '../../src/machine/agent/instance.ts'

const [act, root = ''] = process.argv.slice(2)
const paths = statePaths(root)
openState(paths)
if (act === 'start') await startAgent(paths)
else await endInstance(paths)
