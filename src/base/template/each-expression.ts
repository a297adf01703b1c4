/** Visits, without evaluating, every expression that evaluating a value would come to. */
import { isExpression } from './expression.ts'
import { isArray, isObject, type Json } from './json.ts'
import { isInnerScope } from './nested.ts'
import { type Place, placeIn } from './place.ts'

export function eachExpression(value: Json, place: Place, visit: (text: string, place: Place) => void): void {
  if (typeof value === 'string') {
    if (isExpression(value)) visit(value, place)
  } else if (isArray(value)) {
    for (const [i, item] of value.entries()) eachExpression(item, placeIn(place, i), visit)
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const inside = placeIn(place, key)
      eachExpression(key, inside, visit)
      // The template of a nested deployment in inner scope is evaluated when it is expanded itself.
      if (key.toLowerCase() !== 'template' || !isInnerScope(value)) eachExpression(item, inside, visit)
    }
  }
}
