/** The last plan, kept so that an agent that starts again realises it without any server. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { writeFileAtomicSync } from '../../base/process/atomic-file.ts'
import type { StatePaths } from '../../base/process/state.ts'
import { type Plan, planSchema } from '../../model/plan/plan.ts'
import { lintPlan } from './lint.ts'

const keptSchema = z.strictObject({ revision: z.int().min(0), plan: planSchema })

export interface KeptPlan {
  /** -1 before the first plan. */
  readonly revision: number
  readonly plan: Plan
}

export const NO_PLAN: KeptPlan = { revision: -1, plan: { parts: {} } }

/** A file that does not hold a plan that this agent would take is as none: the server sends its plan again. */
export function readPlan(paths: StatePaths): KeptPlan {
  if (!existsSync(planFile(paths))) return NO_PLAN
  try {
    const kept = keptSchema.parse(JSON.parse(readFileSync(planFile(paths), 'utf8')))
    return lintPlan(kept.plan).length === 0 ? kept : NO_PLAN
  } catch {
    return NO_PLAN
  }
}

export function writePlan(paths: StatePaths, kept: KeptPlan): void {
  writeFileAtomicSync(planFile(paths), JSON.stringify(kept))
}

export function forgetPlan(paths: StatePaths): void {
  rmSync(planFile(paths), { force: true })
}

function planFile(paths: StatePaths): string {
  return path.join(paths.agent, 'plan.json')
}
