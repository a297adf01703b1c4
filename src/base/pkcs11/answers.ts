/** Answers that whoever stands between an application and its module makes or rewrites. */
import type { CallName } from './calls.ts'
import { parseResponse, responseBody, ulongAt, withUlong } from './message.ts'

/** The answer to C_GetSlotList: `slots` in their order; with no room, or too little, only how many there are. */
export function slotListBody(slots: readonly bigint[], room: number): Buffer {
  const ulongs = room > 0 && room >= slots.length ? slots : null
  return responseBody('C_GetSlotList', { kind: 'au', ulongs, count: slots.length })
}

/** The CK_ULONG at a place of an answer; null where the answer is an error. */
export function answerUlong(answer: Buffer, name: CallName, at: number): bigint | null {
  const response = parseResponse(answer, name)
  return response.ok && response.value.values ? ulongAt(response.value.values, at) : null
}

/** The answer with another CK_ULONG at one place; an error stays as it is. */
export function answerWithUlong(answer: Buffer, name: CallName, at: number, ulong: bigint): Buffer {
  const response = parseResponse(answer, name)
  if (!response.ok || !response.value.values) return answer
  return responseBody(name, ...withUlong(response.value.values, at, ulong))
}
